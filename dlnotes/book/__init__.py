"""How the book is built and tested. Needs the extra ``dlnotes[book]``; nothing else in dlnotes imports it."""
