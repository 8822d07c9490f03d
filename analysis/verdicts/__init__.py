"""From findings to one recommendation: verdict, number, cost, sentence, next command."""
