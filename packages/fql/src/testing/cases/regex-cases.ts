/** Text with patterns, as Java writes them. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const DIFFERS =
  'Patterns are matched in bounded time: looking around, back references and atomic groups may take ten million steps. Not known: `\\X`, `\\N{…}` and rare blocks.';

const TEXT = '"One 2\\n3 Four"';

function contains(pattern: string, answer: 'true' | 'false', text = TEXT): ReturnType<typeof gives> {
  return gives(`{"containsstrregex":${text},"pattern":${JSON.stringify(pattern)}}`, answer);
}

export const regexCases: readonly FunctionCases[] = [
  {
    function: 'ContainsStrRegex',
    differs: DIFFERS,
    cases: [
      ...['.*', '.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '(?m)2$', '(?m)^3'].map((pattern) =>
        contains(pattern, 'true'),
      ),
      contains('2$', 'false'),
      contains('^3', 'false'),
      contains('\\AOne 2\n3 Four\\Z', 'true'),
      contains('', 'true'),
      contains('one', 'false'),
      contains('(?i)one', 'true'),
      contains('^.$', 'true', '"𐐀"'),
      contains('(\\w)\\1', 'true', '"hello"'),
      contains('(?<=l)o(?!p)', 'true', '"hello"'),
      contains('(a+)+$', 'false', `"${'a'.repeat(200)}b"`),
      fails(
        '{"containsstrregex":"","pattern":"{"}',
        ['pattern'],
        'Search pattern /{/ is not a valid regular expression.',
      ),
      fails(
        '{"containsstrregex":"","pattern":"(a"}',
        ['pattern'],
        'Search pattern /(a/ is not a valid regular expression.',
      ),
      fails(
        '{"containsstrregex":"","pattern":"*"}',
        ['pattern'],
        'Search pattern /*/ is not a valid regular expression.',
      ),
      fails(
        `{"containsstrregex":"${'a'.repeat(60)}b","pattern":"(a|aa)+\\\\1$"}`,
        ['pattern'],
        'Search pattern takes too many steps.',
      ),
      refuses('{"containsstrregex":1,"pattern":"a"}', ['containsstrregex'], 'String', 'Integer'),
      refuses('{"containsstrregex":"","pattern":1}', ['pattern'], 'String', 'Integer'),
    ],
  },
  {
    function: 'FindStrRegex',
    differs: DIFFERS,
    cases: [
      gives(
        '{"findstrregex":"One Fish Two fish","pattern":"[fF]ish"}',
        '[{"start":4,"end":7,"data":"Fish"},{"start":13,"end":16,"data":"fish"}]',
      ),
      gives(
        '{"findstrregex":"One Fish Two fish","pattern":"[fF]ish","start":9}',
        '[{"start":13,"end":16,"data":"fish"}]',
      ),
      gives(
        '{"findstrregex":"One Fish Two fish","pattern":"[fF]ish","num_results":1}',
        '[{"start":4,"end":7,"data":"Fish"}]',
      ),
      gives('{"findstrregex":"One Fish Two fish","pattern":"[fF]ish","num_results":0}', '[]'),
      gives('{"findstrregex":"One Fish Two Fish","pattern":"Fish","start":16}', '[]'),
      gives(
        '{"findstrregex":"𐐀 ABC 𐐀 ABc","pattern":"AB[cC]"}',
        '[{"start":2,"end":4,"data":"ABC"},{"start":8,"end":10,"data":"ABc"}]',
      ),
      gives(
        '{"findstrregex":"𐐀 ABC 𐐀 ABc","pattern":"AB[cC]","start":3}',
        '[{"start":8,"end":10,"data":"ABc"}]',
      ),
      gives('{"findstrregex":"One Fish","pattern":"^|man"}', '[{"start":0,"end":0,"data":""}]'),
      gives(
        '{"findstrregex":"fauna,graphql,serverless,database","pattern":"^|$|database"}',
        '[{"start":0,"end":0,"data":""},{"start":25,"end":32,"data":"database"},{"start":33,"end":33,"data":""}]',
      ),
      fails(
        '{"findstrregex":"","pattern":"{"}',
        ['pattern'],
        'Search pattern /{/ is not a valid regular expression.',
      ),
      refuses('{"findstrregex":7,"pattern":"7"}', ['findstrregex'], 'String', 'Integer'),
      refuses('{"findstrregex":"","pattern":"7","start":"0"}', ['start'], 'Integer', 'String'),
      refuses('{"findstrregex":"","pattern":"7","num_results":"0"}', ['num_results'], 'Integer', 'String'),
    ],
  },
  {
    function: 'ReplaceStrRegex',
    differs: DIFFERS,
    cases: [
      gives('{"replacestrregex":"One Fish Two Fish","pattern":"Fish","replace":"Car"}', '"One Car Two Car"'),
      gives(
        '{"replacestrregex":"One Fish Two Fish","pattern":"Fish","replace":"Car","first":true}',
        '"One Car Two Fish"',
      ),
      gives(
        '{"replacestrregex":"1 Cat 2 Cap","pattern":"[cC]a.","replace":"FISH","first":false}',
        '"1 FISH 2 FISH"',
      ),
      gives('{"replacestrregex":"2024-05","pattern":"(\\\\d+)-(\\\\d+)","replace":"$2/$1"}', '"05/2024"'),
      gives('{"replacestrregex":"ab","pattern":"(?<x>a)","replace":"<${x}>"}', '"<a>b"'),
      gives('{"replacestrregex":"ab","pattern":"a","replace":"\\\\$1"}', '"$1b"'),
      gives('{"replacestrregex":"ab","pattern":"(x)?a","replace":"[$1]"}', '"[]b"'),
      gives('{"replacestrregex":"ab","pattern":"(a)","replace":"$12"}', '"a2b"'),
      gives('{"replacestrregex":"abc","pattern":"","replace":"-"}', '"-a-b-c-"'),
      fails(
        '{"replacestrregex":"a","pattern":"a","replace":"$1"}',
        ['replace'],
        'Invalid replacement: no such group.',
      ),
      fails(
        '{"replacestrregex":"a","pattern":"a","replace":"\\\\"}',
        ['replace'],
        'Invalid replacement: nothing follows a backslash.',
      ),
      fails(
        '{"replacestrregex":"","pattern":"{","replace":""}',
        ['pattern'],
        'Search pattern /{/ is not a valid regular expression.',
      ),
      refuses('{"replacestrregex":7,"pattern":"7","replace":"8"}', ['replacestrregex'], 'String', 'Integer'),
      refuses('{"replacestrregex":"7","pattern":"7","replace":8}', ['replace'], 'String', 'Integer'),
      refuses(
        '{"replacestrregex":"7","pattern":"7","replace":"8","first":1}',
        ['first'],
        'Boolean',
        'Integer',
      ),
    ],
  },
];
