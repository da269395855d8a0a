/** One value of many: of arrays, pages and sets. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const SHOP: readonly string[] = [
  '{"create_collection":{"object":{"name":"widgets","history_days":30}}}',
  '{"create_index":{"object":{"name":"all_widgets","source":{"collection":"widgets"}}}}',
  '{"create_index":{"object":{"name":"by_color","source":{"collection":"widgets"},"terms":[{"object":{"field":["data","color"]}}]}}}',
  '{"create_index":{"object":{"name":"by_size","source":{"collection":"widgets"},"values":[{"object":{"field":["data","size"]}},{"object":{"field":["ref"]}}]}}}',
  '{"create_index":{"object":{"name":"sizes","source":{"collection":"widgets"},"terms":[{"object":{"field":["data","color"]}}],"values":[{"object":{"field":["data","size"]}}]}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"data":{"object":{"color":"red","size":3}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"2"},"params":{"object":{"data":{"object":{"color":"blue","size":1}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"3"},"params":{"object":{"data":{"object":{"color":"red","size":2}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"4"},"params":{"object":{"data":{"object":{"color":"blue"}}}}}',
];

export const aggregateCases: readonly FunctionCases[] = [
  {
    function: 'Count',
    given: SHOP,
    cases: [
      gives('{"count":[]}', '0'),
      gives('{"count":[1,"a",null,[2,3]]}', '4'),
      gives('{"count":{"match":{"index":"all_widgets"},"terms":[]}}', '4'),
      gives('{"count":{"match":{"index":"by_color"},"terms":"red"}}', '2'),
      gives(
        '{"count":{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"size":3}}',
        '{"after":[{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[3]}',
      ),
      refuses('{"count":{"collection":"widgets"}}', ['count'], 'Array, Set, or Page', 'Collection Ref'),
      refuses('{"count":1}', ['count'], 'Array, Set, or Page', 'Integer'),
      fails(
        '{"count":{"match":{"index":"nothing"},"terms":[]}}',
        ['count', 'match'],
        "Ref refers to undefined index 'nothing'",
        'invalid ref',
      ),
      refuses('{"count":{"object":{"a":1}}}', ['count'], 'Array, Set, or Page', 'Object'),
    ],
  },
  {
    function: 'Sum',
    given: SHOP,
    cases: [
      gives('{"sum":[]}', '0'),
      gives('{"sum":[1,2,3]}', '6'),
      gives('{"sum":[1,2.5]}', '3.5'),
      gives('{"sum":[1.5,1.5]}', '3.0'),
      gives('{"sum":[9223372036854775807,1]}', '-9223372036854775808'),
      gives('{"sum":{"match":{"index":"sizes"},"terms":"red"}}', '5'),
      gives('{"sum":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}', '{"data":[5]}'),
      refuses('{"sum":[1,"a"]}', ['sum'], 'Number', 'String'),
      refuses('{"sum":[null]}', ['sum'], 'Number', 'Null'),
      refuses('{"sum":{"match":{"index":"all_widgets"},"terms":[]}}', ['sum'], 'Number', 'Ref'),
      refuses('{"sum":"a"}', ['sum'], 'Array, Set, or Page', 'String'),
    ],
  },
  {
    function: 'Mean',
    given: SHOP,
    cases: [
      gives('{"mean":[1,2,3]}', '2.0'),
      gives('{"mean":[1,2]}', '1.5'),
      gives('{"mean":[1.5]}', '1.5'),
      gives('{"mean":{"match":{"index":"sizes"},"terms":"red"}}', '2.5'),
      gives('{"mean":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}', '{"data":[2.5]}'),
      fails('{"mean":[]}', ['mean'], 'Non-empty array expected.'),
      fails('{"mean":{"match":{"index":"sizes"},"terms":"green"}}', ['mean'], 'Non-empty array expected.'),
      refuses('{"mean":[1,"a"]}', ['mean'], 'Number', 'String'),
      refuses('{"mean":1}', ['mean'], 'Array, Set, or Page', 'Integer'),
    ],
  },
  {
    function: 'Any',
    given: SHOP,
    cases: [
      gives('{"any":[]}', 'false'),
      gives('{"any":[false,true]}', 'true'),
      gives('{"any":[false,false]}', 'false'),
      gives('{"any":{"paginate":{"match":{"index":"sizes"},"terms":"green"}}}', '{"data":[false]}'),
      refuses('{"any":[true,1]}', ['any'], 'Boolean', 'Integer'),
      refuses('{"any":{"match":{"index":"sizes"},"terms":"red"}}', ['any'], 'Boolean', 'Integer'),
      refuses('{"any":true}', ['any'], 'Array, Set, or Page', 'Boolean'),
    ],
  },
  {
    function: 'All',
    given: SHOP,
    cases: [
      gives('{"all":[]}', 'true'),
      gives('{"all":[true,true]}', 'true'),
      gives('{"all":[true,false]}', 'false'),
      refuses('{"all":[false,1]}', ['all'], 'Boolean', 'Integer'),
      gives('{"all":{"paginate":{"match":{"index":"sizes"},"terms":"green"}}}', '{"data":[true]}'),
      refuses('{"all":"a"}', ['all'], 'Array, Set, or Page', 'String'),
    ],
  },
];
