"""`diag doctor --learn`: experiments on a draft, and questions that only read: how does a platform behave?"""
