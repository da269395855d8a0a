/** Text without patterns and formats. Places and lengths count code points: 𐐀 is one. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const TOO_LONG = 'string length must be <= 16777216';

function of(name: string, key: string, pairs: readonly (readonly [string, string])[]): FunctionCases {
  return {
    function: name,
    cases: [
      ...pairs.map(([text, result]) => gives(`{"${key}":${JSON.stringify(text)}}`, JSON.stringify(result))),
      refuses(`{"${key}":7}`, [key], 'String', 'Integer'),
      refuses(`{"${key}":null}`, [key], 'String', 'Null'),
      refuses(`{"${key}":["a"]}`, [key], 'String', 'Array'),
    ],
  };
}

function searching(
  name: string,
  key: string,
  truths: readonly string[],
  lies: readonly string[],
): FunctionCases {
  const search = (searched: string): string => `{"${key}":"Skein 𐐀","search":${JSON.stringify(searched)}}`;
  return {
    function: name,
    cases: [
      ...truths.map((searched) => gives(search(searched), 'true')),
      ...lies.map((searched) => gives(search(searched), 'false')),
      gives(`{"${key}":"","search":""}`, 'true'),
      refuses(`{"${key}":1,"search":""}`, [key], 'String', 'Integer'),
      refuses(`{"${key}":"","search":1}`, ['search'], 'String', 'Integer'),
    ],
  };
}

export const stringCases: readonly FunctionCases[] = [
  {
    function: 'Concat',
    cases: [
      gives('{"concat":["4","2"]}', '"42"'),
      gives('{"concat":["4","2"],"separator":","}', '"4,2"'),
      gives('{"concat":"5","separator":","}', '"5"'),
      gives('{"concat":[]}', '""'),
      refuses('{"concat":["4","2"],"separator":5}', ['separator'], 'String', 'Integer'),
      refuses('{"concat":["a",5]}', ['concat', 1], 'String', 'Integer'),
      refuses('{"concat":5}', ['concat'], 'String', 'Integer'),
    ],
  },
  {
    function: 'Casefold',
    cases: [
      gives('{"casefold":"John Doe"}', '"john doe"'),
      gives('{"casefold":"İstanbul"}', '"i̇stanbul"'),
      gives('{"casefold":"Diyarbakır"}', '"diyarbakır"'),
      gives('{"casefold":"φιλόσοφος"}', '"φιλόσοφοσ"'),
      gives('{"casefold":"Weißkopfseeadler"}', '"weisskopfseeadler"'),
      gives('{"casefold":"ﬁｎｅ\\u00ad"}', '"fine"'),
      gives('{"casefold":["A",1,true]}', '["a",1,true]'),
      gives('{"casefold":7}', '7'),
      gives('{"casefold":[]}', '[]'),
      gives('{"casefold":"Å","normalizer":"NFKCCaseFold"}', '"å"'),
      gives('{"length":{"casefold":"Å","normalizer":"NFD"}}', '2'),
      gives('{"length":{"casefold":"A\\u030a","normalizer":"NFC"}}', '1'),
      gives('{"casefold":"ﬁ","normalizer":"NFC"}', '"ﬁ"'),
      gives('{"casefold":"ﬁ","normalizer":"NFKC"}', '"fi"'),
      gives('{"length":{"casefold":"ﬁÅ","normalizer":"NFKD"}}', '4'),
      refuses(
        '{"casefold":"foo","normalizer":"nope"}',
        ['normalizer'],
        "String 'NFKCCaseFold', 'NFC', 'NFD', 'NFKC', or 'NFKD'",
        'String',
      ),
      refuses('{"casefold":{"object":{}}}', ['casefold'], 'Scalar', 'Object'),
      refuses('{"casefold":["a",["b"]]}', ['casefold', 1], 'Scalar', 'Array'),
    ],
  },
  searching('StartsWith', 'startswith', ['', 'Sk', 'Skein 𐐀'], ['sk', 'kein', 'Skein 𐐀!']),
  searching('EndsWith', 'endswith', ['', '𐐀', ' 𐐀'], ['Skein', 'S Skein 𐐀']),
  searching('ContainsStr', 'containsstr', ['', 'ein', 'Skein 𐐀'], ['sk', '.', 'Skein 𐐀!']),
  {
    function: 'FindStr',
    cases: [
      gives('{"findstr":"a big apple","find":"a"}', '0'),
      gives('{"findstr":"ABC","find":"A","start":1}', '-1'),
      gives('{"findstr":"a big apple","find":"a","start":2}', '6'),
      gives('{"findstr":"a big apple","find":"bad"}', '-1'),
      gives('{"findstr":"","find":"find"}', '-1'),
      gives('{"findstr":"abc","find":""}', '0'),
      gives('{"findstr":"𐐀 ABC","find":"ABC"}', '2'),
      gives('{"findstr":"𐐀 ABC 𐐀 ABC","find":"ABC","start":3}', '8'),
      // A start outside of the text is none.
      gives('{"findstr":"ABC","find":"A","start":3}', '0'),
      gives('{"findstr":"ABC","find":"A","start":-1}', '0'),
      refuses('{"findstr":7,"find":"7"}', ['findstr'], 'String', 'Integer'),
      refuses('{"findstr":"ABC","find":7}', ['find'], 'String', 'Integer'),
      refuses('{"findstr":"ABC","find":"A","start":"0"}', ['start'], 'Integer', 'String'),
    ],
  },
  {
    function: 'Length',
    cases: [
      gives('{"length":""}', '0'),
      gives('{"length":"apple"}', '5'),
      gives('{"length":"𐐀 ABC"}', '5'),
      gives('{"length":"e\\u0301"}', '2'),
      refuses('{"length":["a"]}', ['length'], 'String', 'Array'),
    ],
  },
  of('LowerCase', 'lowercase', [
    ['', ''],
    ['ApPle 7', 'apple 7'],
    ['İstanbul', 'i̇stanbul'],
    ['ΟΔΟΣ', 'οδος'],
  ]),
  of('UpperCase', 'uppercase', [
    ['', ''],
    ['Bob f smITH', 'BOB F SMITH'],
    ['straße', 'STRASSE'],
    ['ﬁ', 'FI'],
  ]),
  of('TitleCase', 'titlecase', [
    ['', ''],
    ['Bob f smith sonny Jones BILL WALSH', 'Bob F Smith Sonny Jones Bill Walsh'],
    ["o'neill's ﬁne ǆ", "O'neill's Fine ǅ"],
    ['7 days', '7 Days'],
  ]),
  of('LTrim', 'ltrim', [
    ['', ''],
    ['  ', ''],
    ['\t\n A ', 'A '],
    ['\u1680A', 'A'],
    ['\u00a0A', '\u00a0A'],
  ]),
  of('RTrim', 'rtrim', [
    ['', ''],
    ['  ', ''],
    [' A \t\n', ' A'],
    ['A\u1680', 'A'],
    ['A\u2007', 'A\u2007'],
  ]),
  of('Trim', 'trim', [
    ['', ''],
    [' A B C \u3000', 'A B C'],
    ['\u001cA\u001f', 'A'],
  ]),
  of('RegexEscape', 'regexescape', [
    ['', '\\Q\\E'],
    ['a.b*', '\\Qa.b*\\E'],
    ['a\\Eb', '\\Qa\\E\\\\E\\Qb\\E'],
  ]),
  {
    function: 'NGram',
    cases: [
      gives('{"ngram":"apple"}', '["a","ap","p","pp","p","pl","l","le","e"]'),
      gives('{"ngram":"apple","min":2,"max":3}', '["ap","app","pp","ppl","pl","ple","le"]'),
      gives('{"ngram":"apple","min":5,"max":6}', '["apple"]'),
      gives('{"ngram":"apple","min":6,"max":6}', '[]'),
      gives('{"ngram":"apple","min":2}', '["ap","pp","pl","le"]'),
      gives('{"ngram":"a𐐀"}', '["a","a𐐀","𐐀"]'),
      gives('{"ngram":["ab",1,null],"min":2,"max":2}', '["ab",1,null]'),
      gives('{"ngram":"a","min":9223372036854775806,"max":9223372036854775807}', '[]'),
      fails('{"ngram":"a","min":3}', [], 'min ngram size must be > 0 and <= max'),
      fails('{"ngram":"a","min":10,"max":3}', [], 'min ngram size must be > 0 and <= max'),
      fails('{"ngram":"a","max":1}', [], 'max ngram size must be > 0 and >= min'),
      fails('{"ngram":"a","max":3}', [], 'max ngram size must be <= min + 1'),
      fails('{"ngram":"a","min":1,"max":3}', [], 'max ngram size must be <= min + 1'),
      {
        expression: '{"ngram":"a","min":0}',
        errors: [
          {
            position: [],
            code: 'invalid argument',
            description: 'min ngram size must be > 0 and <= max',
          },
          { position: [], code: 'invalid argument', description: 'min ngram size must be >= max - 1' },
        ],
      },
      {
        expression: '{"ngram":"a","min":1,"max":0}',
        errors: [
          {
            position: [],
            code: 'invalid argument',
            description: 'min ngram size must be > 0 and <= max',
          },
          { position: [], code: 'invalid argument', description: 'max ngram size must be > 0' },
        ],
      },
      refuses('{"ngram":{"object":{}}}', ['ngram'], 'Scalar', 'Object'),
      refuses('{"ngram":"a","min":"1"}', ['min'], 'Integer', 'String'),
    ],
  },
  {
    function: 'Repeat',
    cases: [
      gives('{"repeat":"A"}', '"AA"'),
      gives('{"repeat":"AB","number":3}', '"ABABAB"'),
      gives('{"repeat":"A","number":0}', '""'),
      gives('{"repeat":"A","number":-1}', '""'),
      gives('{"length":{"repeat":"A","number":100000}}', '1024'),
      fails(
        '{"repeat":{"repeat":{"repeat":"0123456789abcdef","number":1024},"number":1024},"number":2}',
        [],
        TOO_LONG,
      ),
      refuses('{"repeat":7}', ['repeat'], 'String', 'Integer'),
      refuses('{"repeat":"A","number":1.0}', ['number'], 'Integer', 'Double'),
    ],
  },
  {
    function: 'ReplaceStr',
    cases: [
      gives('{"replacestr":"One Fish Two Fish","find":"Fish","replace":"Car"}', '"One Car Two Car"'),
      gives('{"replacestr":"One Fis? Two","find":"Fis?","replace":"Cat"}', '"One Cat Two"'),
      gives('{"replacestr":"abc","find":"b","replace":"$1$&"}', '"a$1$&c"'),
      gives('{"replacestr":"ab","find":"","replace":"-"}', '"-a-b-"'),
      gives('{"replacestr":"aaa","find":"aa","replace":"b"}', '"ba"'),
      gives('{"replacestr":"","find":"a","replace":"b"}', '""'),
      refuses('{"replacestr":7,"find":"to","replace":"two"}', ['replacestr'], 'String', 'Integer'),
      refuses('{"replacestr":"","find":7,"replace":""}', ['find'], 'String', 'Integer'),
      refuses('{"replacestr":"","find":"","replace":7}', ['replace'], 'String', 'Integer'),
    ],
  },
  {
    function: 'Space',
    cases: [
      gives('{"space":4}', '"    "'),
      gives('{"space":0}', '""'),
      gives('{"space":-10}', '""'),
      gives('{"length":{"space":9223372036854775807}}', '1024'),
      refuses('{"space":"Hello"}', ['space'], 'Integer', 'String'),
    ],
  },
  {
    function: 'SubString',
    cases: [
      gives('{"substring":"ABC"}', '"ABC"'),
      gives('{"substring":"DEABC","start":2}', '"ABC"'),
      gives('{"substring":"DEABCHIJ","start":2,"length":3}', '"ABC"'),
      gives('{"substring":"DEFABC","start":-3}', '"ABC"'),
      gives('{"substring":"DEFABCHIJ","start":-6,"length":3}', '"ABC"'),
      gives('{"substring":"𐐀 ABC 𐐀","start":2,"length":3}', '"ABC"'),
      gives('{"substring":"ABCDE","start":5,"length":2}', '""'),
      gives('{"substring":"ABCDE","start":1,"length":9223372036854775807}', '"BCDE"'),
      gives('{"substring":"ABC","length":0}', '""'),
      fails(
        '{"substring":"ABCDE","start":6,"length":2}',
        [],
        'start must be less than or equal to the string length',
      ),
      fails('{"substring":"ABCDE","start":-6}', [], 'start must be less than or equal to the string length'),
      fails(
        '{"substring":"ABCDE","start":4294967296}',
        [],
        'start must be less than or equal to the string length',
      ),
      fails('{"substring":"ABCDE","length":-1}', [], 'length must be positive'),
      refuses('{"substring":7}', ['substring'], 'String', 'Integer'),
      refuses('{"substring":"a","start":"0"}', ['start'], 'Integer', 'String'),
      refuses('{"substring":"a","length":0.0}', ['length'], 'Integer', 'Double'),
    ],
  },
];
