/** A parsed filter. Any nesting of and, or, not. An empty `and` is true, an empty `or` is false. */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly children: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly child: FilterNode }
  /** Facet value, compared without regard to case. `_tags` is an ordinary attribute here. `objectID` needs no declaration. */
  | { readonly kind: 'facet'; readonly path: string; readonly value: string; readonly score: number }
  | {
      readonly kind: 'compare';
      readonly path: string;
      readonly operator: CompareOperator;
      readonly value: number;
      readonly score: number;
    }
  /** Both ends inclusive. */
  | {
      readonly kind: 'range';
      readonly path: string;
      readonly from: number;
      readonly to: number;
      readonly score: number;
    };

export type CompareOperator = '<' | '<=' | '=' | '!=' | '>' | '>=';
