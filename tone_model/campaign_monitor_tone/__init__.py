"""The weights by which campaign-monitor scores how posts sound: numbers and a vocabulary, no code."""
