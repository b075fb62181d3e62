# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, as exceptions: one class per canonical status code."""

from __future__ import annotations

from typing import Dict, Type


class TratoError(Exception):
    """A call failed and left the store as it was.

    Catch a subclass to handle one kind of failure, this class to handle all.
    ``line`` and ``column`` (from 1, in characters) point into an expression
    where the failure is about one; otherwise they are 0 and ``excerpt`` is
    empty. A message names the field and the thing, never an attribute's value.
    """

    code: int = 2
    """The status code, numbered as in gRPC and ``trato.h``."""

    message: str
    """What went wrong, in one line."""

    line: int
    column: int

    excerpt: str
    """The line of the expression and, below it, a caret under the place."""

    def __init__(
        self, message: str, line: int = 0, column: int = 0, excerpt: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.excerpt = excerpt

    def __str__(self) -> str:
        if not self.excerpt:
            return self.message
        return self.message + "\n" + self.excerpt.rstrip("\n")


class Cancelled(TratoError):
    """The caller, by its progress callback, gave up."""

    code = 1


class Unknown(TratoError):
    """A failure of a kind that this package does not know."""

    code = 2


class InvalidArgument(TratoError, ValueError):
    """An argument is wrong whatever the state of the store."""

    code = 3


class DeadlineExceeded(TratoError):
    """The time given to the call was over."""

    code = 4


class NotFound(TratoError, LookupError):
    """No such customer, attribute, segment, offer, coupon, file."""

    code = 5


class AlreadyExists(TratoError):
    """It is there already, with other content."""

    code = 6


class PermissionDenied(TratoError):
    """It belongs to another customer."""

    code = 7


class ResourceExhausted(TratoError):
    """No memory, or no room, was left."""

    code = 8


class FailedPrecondition(TratoError):
    """The store is not in the state that the call needs."""

    code = 9


class Aborted(TratoError):
    """A concurrent call got in the way; try again."""

    code = 10


class OutOfRange(TratoError, ValueError):
    """A number or time is outside what is allowed, or was valid once."""

    code = 11


class Unimplemented(TratoError):
    """This version of the library does not do that."""

    code = 12


class Internal(TratoError):
    """A fault of the library itself."""

    code = 13


class Unavailable(TratoError):
    """A file or input cannot be read or written."""

    code = 14


class DataLoss(TratoError):
    """The store is damaged."""

    code = 15


class Unauthenticated(TratoError):
    """The caller did not say who it is."""

    code = 16


_BY_CODE: Dict[int, Type[TratoError]] = {
    kind.code: kind
    for kind in (
        Cancelled,
        Unknown,
        InvalidArgument,
        DeadlineExceeded,
        NotFound,
        AlreadyExists,
        PermissionDenied,
        ResourceExhausted,
        FailedPrecondition,
        Aborted,
        OutOfRange,
        Unimplemented,
        Internal,
        Unavailable,
        DataLoss,
        Unauthenticated,
    )
}


def of_code(
    code: int, message: str, line: int = 0, column: int = 0, excerpt: str = ""
) -> TratoError:
    """The exception for a status code; Unknown, with the code, for a new one."""
    error = _BY_CODE.get(code, Unknown)(message, line, column, excerpt)
    error.code = code
    return error
