"""How the shipped model is made and scored, from data to package. Needs torch (`pip install kawat[train]`)."""
