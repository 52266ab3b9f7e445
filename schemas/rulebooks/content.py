"""Content: a rulebook file's YAML as plain values, read safely whatever the file holds.

PyYAML's C loader reads the longest rulebook in 0.05 seconds. ruamel.yaml, which refuses a key given
twice by itself, takes 0.7, and `discretion rulebook in-force` reads all of them.
"""

from __future__ import annotations

from typing import Any

import yaml

# Aliases can expand a page of YAML to gigabytes. This is the most characters that a file may have
# with every alias expanded. The longest rulebook here has about 300,000.
MOST_CHARACTERS = 4_000_000
# The longest rulebook here has 70,000 characters and some 6,000 values, and 430,000 and 25,000 as a
# run keeps it, with its companions and all defaults. A file is measured before it is parsed, and
# its values are counted before anything is made of them, so that too much is refused at once.
MOST_TEXT = 1_000_000
MOST_VALUES = 40_000
MOST_DIGITS = 100
# Every value comes after one of these or at the start: at most a list or mapping, its first key,
# and two empty values after each.
_BEFORE_VALUES, _AFTER_EACH = "-?:,[{\r\n\x85\u2028\u2029", 4


class TooMuchError(ValueError):
    """YAML that expands to more than a rulebook can hold, or that contains itself."""


class _Loader(yaml.CSafeLoader):
    """Leaves dates as text, because the models know which are dates. Refuses duplicate keys."""

    yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.checked: set[yaml.Node] = set()

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        # After flattening, a mapping also holds the keys that it merges (`<<`).
        if node not in self.checked:
            self.checked.add(node)
            _refuse_twice(node)
        super().flatten_mapping(node)

    def construct_number(self, node: yaml.ScalarNode) -> int:
        """Construct a whole number; Python refuses to read one with thousands of digits."""
        if len(node.value) > MOST_DIGITS:
            raise yaml.constructor.ConstructorError(
                None, None, f"a number of more than {MOST_DIGITS} digits", node.start_mark
            )
        return int(self.construct_yaml_int(node))


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_number)


def read_content(text: str) -> Any:
    """Read the content of a YAML file.

    Args:
        text: The file's text.

    Returns:
        Plain values: mappings, lists, text, numbers, booleans, and None.

    Raises:
        yaml.YAMLError: It isn't YAML.
        TooMuchError: It expands to too much, or contains itself.
        RecursionError: It is nested too deeply.
    """
    if len(text) > MOST_TEXT:
        raise TooMuchError(f"it has more than {MOST_TEXT:,} characters")
    _count_values(text)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        # Checked before construction, because merging (`<<`) copies what an alias refers to.
        known: dict[yaml.Node, int | None] = {}
        if _characters(root, known) > MOST_CHARACTERS:
            raise TooMuchError("its aliases expand to more than a rulebook can hold")
        return loader.construct_document(root)
    finally:
        loader.dispose()


def _count_values(text: str) -> None:
    """Refuse a text with too many values, aliases among them."""
    if _AFTER_EACH * (1 + sum(map(text.count, _BEFORE_VALUES))) <= MOST_VALUES:
        return
    values = 0
    for event in yaml.parse(text, Loader=_Loader):
        values += isinstance(event, yaml.NodeEvent)
        if values > MOST_VALUES:
            raise TooMuchError(f"it has more than {MOST_VALUES:,} values")


def _characters(node: yaml.Node, known: dict[yaml.Node, int | None]) -> int:
    """Count a node's characters with its aliases expanded; each node is visited once."""
    if node in known:
        size = known[node]
        if size is None:
            raise TooMuchError("an alias refers to a value that contains it")
        return size
    known[node] = None
    match node:
        case yaml.ScalarNode():
            size = 1 + len(node.value)
        case yaml.SequenceNode():
            size = 1 + sum(_characters(item, known) for item in node.value)
        case yaml.MappingNode():
            size = 1 + sum(_characters(part, known) for pair in node.value for part in pair)
        case _:
            raise TypeError(f"no node of YAML: {type(node).__name__}")
    known[node] = size
    return size


def _refuse_twice(node: yaml.MappingNode) -> None:
    keys: set[tuple[str, str]] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if (key.tag, key.value) in keys:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} appears twice", key.start_mark
                )
            keys.add((key.tag, key.value))
