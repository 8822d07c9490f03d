// Explanations beside their word, and by hovering; by tap and key they open without this script.
(() => {
  if (!HTMLElement.prototype.showPopover) return;
  const WAIT_MS = 150, LEAVE_MS = 250, ROOM = 8;
  let word = null, hovered = null, timer = 0;
  const hintOf = (term) => document.getElementById(term.getAttribute("popovertarget"));
  const termOf = (event) => (event.target.closest ? event.target.closest("[popovertarget]") : null);

  const place = (hint) => {
    if (!word) return;
    const at = word.getBoundingClientRect();
    const below = at.bottom + ROOM + hint.offsetHeight <= innerHeight;
    const left = Math.min(at.left, innerWidth - hint.offsetWidth - ROOM);
    const top = below ? at.bottom + ROOM : Math.max(at.top - ROOM - hint.offsetHeight, ROOM);
    Object.assign(hint.style, {  // in the page, not in the window: it scrolls with its word
      position: "absolute", margin: "0", right: "auto", bottom: "auto",
      left: `${Math.max(left, ROOM) + scrollX}px`,
      top: `${top + scrollY}px`,
    });
  };
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches || !event.target.matches(".hint")) return;
    if (event.newState === "open") place(event.target);
    else if (hovered === event.target) hovered = null;
  }, true);

  document.addEventListener("click", (event) => {
    const term = termOf(event);
    if (!term) return;
    word = term;
    if (hovered && hovered === hintOf(term)) { hovered = null; event.preventDefault(); }  // it stays
  }, true);

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const term = termOf(event), inside = event.target.closest && event.target.closest(".hint");
    if (inside) { clearTimeout(timer); return; }
    if (term) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const hint = hintOf(term);
        if (!hint || hint.matches(":popover-open")) return;
        word = term;
        hint.showPopover();
        hovered = hint;
      }, WAIT_MS);
    } else if (hovered) {
      clearTimeout(timer);
      timer = setTimeout(() => { if (hovered) hovered.hidePopover(); }, LEAVE_MS);
    } else clearTimeout(timer);
  });
  addEventListener("scroll", () => { if (hovered) hovered.hidePopover(); }, { passive: true });
})();
