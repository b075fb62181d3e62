# The number in libtrato.so.N. It changes when a program linked against the
# library of before could break, and with nothing else.
set(TRATO_SOVERSION 1)
