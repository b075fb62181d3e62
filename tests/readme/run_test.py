# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""run.py reads pages as it says, and notices what is not so."""

import contextlib
import io
import pathlib
import tempfile
import unittest

import run

PAGE = """# A page

<!-- run: hello -->
```sh
echo hello > made
echo hello
```

It prints

<!-- prints: hello -->

```text
hello
```

```python
this does not run
```

<!-- run: after -->
```python
print(open("made").read() + "at 12:01")
print("the end")
```
<!-- prints: after -->
```text
hello
...
the end
```

<!-- run: quiet -->
```c
int main(void) { return 0; }
```
<!-- run: loud -->
```cpp
#include <string_view>
int main() { return std::string_view("a").size() == 1 ? 0 : 1; }
```
"""


class ExamplesTest(unittest.TestCase):

    def test_reads_the_marked_blocks_in_order(self):
        examples = run.examples_of(PAGE)
        self.assertEqual([(e.name, e.language) for e in examples],
                         [("hello", "sh"), ("after", "python"), ("quiet", "c"),
                          ("loud", "cpp")])
        self.assertEqual(examples[0].prints, "hello\n")
        self.assertIsNone(examples[2].prints)

    def test_refuses_marks_that_do_not_fit(self):
        for page, found in (
            ("<!-- run: a -->\ntext\n```sh\n```\n", "no code block"),
            ("<!-- run: a -->\n```sh\n```\n" * 2, "is taken"),
            ("<!-- run: a -->\n```rust\n```\n", "cannot be run"),
            ("<!-- run: a -->\n```\nx\n```\n", "cannot be run"),
            ("<!-- prints: a -->\n```text\n```\n", "no such example"),
            ("<!-- run: a -->\n```sh\n```\n<!-- prints: a -->\n```sh\n```\n",
             "is not text"),
            ("<!-- run a -->\n```sh\n```\n", "not written as it should"),
            (" <!-- run: a -->\n```sh\n```\n", "not written as it should"),
        ):
            with self.subTest(found):
                with self.assertRaisesRegex(run.ReadmeError, found):
                    run.examples_of(page)


class OutputTest(unittest.TestCase):

    def test_compares_lines(self):
        for got, expected, same in (
            ("a\nb\n", "a\nb", True),
            ("a  \nb\n\n", "a\nb\n", True),
            ("a\nb", "a\nc", False),
            ("a\nb", "a", False),
            ("a\nx\ny\nb", "a\n...\nb", True),
            ("a\nb", "a\n...\nb", False),
            ("a.c", "abc", False),
            ("abc", "a.c", False),
            ("", "", True),
        ):
            with self.subTest((got, expected)):
                self.assertEqual(run.same_output(got, expected), same)


class MainTest(unittest.TestCase):

    def main(self, page, *arguments):
        """Runs a page and returns the exit code and all output."""
        output = io.StringIO()
        with tempfile.TemporaryDirectory() as folder:
            readme = pathlib.Path(folder, "README.md")
            readme.write_text(page)
            with contextlib.redirect_stdout(output):
                with contextlib.redirect_stderr(output):
                    code = run.main([str(readme), *arguments])
        return code, output.getvalue()

    def test_runs_a_page(self):
        code, output = self.main(PAGE)
        self.assertEqual(code, 0, output)
        self.assertIn("4 examples, 0 failures", output)

    def test_finds_each_failure(self):
        for old, new, found in (
            ("echo hello\n", "echo Hello\n", "the page says"),
            ("echo hello\n", "exit 3\n", "exit code 3"),
            ("the end", "x", "the page says"),
            ("return 0;", "return 0", "error"),
            ("return 0;", "return 4;", "exit code 4"),
            ("return 0;", "int unused; return 0;", "unused"),
            ('== 1 ? 0', '== 2 ? 0', "exit code 1"),
        ):
            with self.subTest(new):
                code, output = self.main(PAGE.replace(old, new, 1))
                self.assertEqual(code, 1)
                self.assertIn(found, output)
                self.assertIn("4 examples, 1 failures", output)

    def test_gives_examples_a_path_an_environment_and_links(self):
        with tempfile.TemporaryDirectory() as folder:
            command = pathlib.Path(folder, "greet")
            command.write_text("#!/bin/sh\necho \"$WORD\"\n")
            command.chmod(0o755)
            name = pathlib.Path(folder).name
            page = ("<!-- run: a -->\n```sh\ngreet\ntest -x " + name +
                    "/greet\n```\n<!-- prints: a -->\n```text\nhi\n```\n")
            code, output = self.main(page, "--path", folder, "--env",
                                     "WORD=hi", "--link", folder)
            self.assertEqual(code, 0, output)


if __name__ == "__main__":
    unittest.main()
