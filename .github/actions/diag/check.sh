#!/usr/bin/env bash
# Measures, then checks: annotations to the log, the summary to the job's page, report and JUnit beside it.
# Leaves the exit code of the check in the step's outputs, so that report and artifact are made in any case.
set -euo pipefail

called=0
case "$DIAG_CALL" in
  measure) diag measure "$DIAG_WORKLOAD" || called=$? ;;
  tune) diag tune "$DIAG_WORKLOAD" --once --yes || called=$? ;;
  nothing) ;;
  *) echo "::error::call is measure, tune or nothing, not '$DIAG_CALL'"; exit 2 ;;
esac
# A run that broke an sla (3), or is incomplete (8), is there to be reported before the job fails.
case "$called" in 0|3|8) ;; *) exit "$called" ;; esac

results=() rules=()
while IFS= read -r line; do [ -z "$line" ] || results+=("$line"); done <<< "$DIAG_RESULTS"
while IFS= read -r line; do [ -z "$line" ] || rules+=(--fail-on "$line"); done <<< "$DIAG_FAIL_ON"
if [ "$DIAG_CALL" = tune ] && [ "${#results[@]}" -eq 0 ]; then
  shopt -s nullglob
  results=(runs/tune/windows/*/)
  if [ "${#results[@]}" -eq 0 ]; then
    echo "No window was due yet."
    echo "exit-code=$called" >> "$GITHUB_OUTPUT"
    exit 0
  fi
  results=(runs/tune) # a campaign's folder stands for all its windows
fi

code=0
# An empty list is no unbound variable: bash of macOS is 3.2.
diag check ${results[@]+"${results[@]}"} ${rules[@]+"${rules[@]}"} --junit diag-check.xml --format github || code=$?
[ "$code" -ne 0 ] || code=$called
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
diag recommend ${results[@]+"${results[@]}"} --format md >> "$GITHUB_STEP_SUMMARY"
diag report ${results[@]+"${results[@]}"} -o diag-report.html
