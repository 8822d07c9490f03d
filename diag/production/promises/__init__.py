"""The watch over what was changed (`diag watch`): what each change promised, and whether it is kept."""
