"""The live page: it answers "is anything wrong?" first, and moves by itself.

A page is rendered from what the store says now and sent whole; from then on the stream sends the lines that have
changed. The browser keeps no truth of its own: every new connection starts with the whole page again.
"""
