"""What will be changed and on which evidence: guards that allow or refuse a change, the plan, its file."""
