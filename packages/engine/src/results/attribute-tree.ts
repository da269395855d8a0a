/**
 * Attribute paths as settings write them (`*`, `name`, `brand.name`, `brand.*`), looked up while walking down a record.
 * A path takes in everything below it, and looks through arrays.
 */
export interface AttributeNode<Mark> {
  /** Marks of this very path, in the order they were added. */
  readonly marks: readonly Mark[];
  readonly children: ReadonlyMap<string, AttributeNode<Mark>>;
}

interface MutableNode<Mark> extends AttributeNode<Mark> {
  readonly marks: Mark[];
  readonly children: Map<string, MutableNode<Mark>>;
}

/** The root stands for the record; `*` marks the root. */
export function attributeTree<Mark>(
  paths: Iterable<readonly [path: string, mark: Mark]>,
): AttributeNode<Mark> {
  const root: MutableNode<Mark> = { marks: [], children: new Map() };
  for (const [path, mark] of paths) {
    let node = root;
    if (path !== '*') {
      for (const name of (path.endsWith('.*') ? path.slice(0, -2) : path).split('.')) {
        let child = node.children.get(name);
        if (child === undefined) node.children.set(name, (child = { marks: [], children: new Map() }));
        node = child;
      }
    }
    node.marks.push(mark);
  }
  return root;
}
