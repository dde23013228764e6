import fc from 'fast-check'

/** Names and words that have a meaning elsewhere: SQL, a path, a terminal, JavaScript, a glob, a format. */
const hostileTexts: readonly string[] = [
  '',
  ' ',
  '.',
  '..',
  '../../../../etc/passwd',
  '..\\..\\x',
  '/etc/passwd',
  'C:\\con',
  'CON',
  'file:///etc/passwd',
  'http://localhost:1/x',
  "'; DROP TABLE t; --",
  '"; DROP TABLE t; --',
  '`; DROP TABLE t; --',
  ']; DROP TABLE t; --',
  "' OR ''='",
  '/*',
  '*/',
  '--',
  '$(touch /tmp/x)',
  '`touch /tmp/x`',
  '${process.exit(1)}',
  '{{7*7}}',
  '%s%s%n',
  '%00',
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  'then',
  'toJSON',
  'a\nb',
  'a\r\nb',
  'a\tb',
  'a\u0000b',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31m',
  '\u202egnp.exe',
  '\u200b',
  '\ufeff',
  '\u2028',
  '\ud800',
  '\ufffd',
  'ｓｅｌｅｃｔ',
  'раypal',
  '😀',
  '🏴\u{e0067}\u{e0062}\u{e007f}',
  'x'.repeat(64),
  'x'.repeat(300),
  'ä'.repeat(5_000),
  '0',
  '-1',
  '+1',
  '1e309',
  'NaN',
  'null',
  'true',
  '[]',
  '{}',
  '{"__proto__":{"polluted":true}}',
  'a@b',
  '@',
  'head',
  'heads@+1',
  'base',
  'a1',
  'a1@+99999999999999999999',
  ':',
  '::',
]

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...hostileTexts), fc.constantFrom(...hostileTexts)).map(([a, b]) => a + b),
  },
)

/** Anything that a program can be handed in the place of a value. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    0,
    -0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    NaN,
    Infinity,
    -Infinity,
    1n,
    [],
    {},
  ),
  fc.constantFrom<unknown>(new Date(NaN), new URL('file:///x'), new Map(), Symbol('s'), () => 1, /x/, Buffer.alloc(2)),
  fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, maxDepth: 2 }),
)

/** A text with some of its characters changed, taken out, doubled, or other things put between them. */
export function mutated(text: fc.Arbitrary<string>, inserts: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    length: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
    what: fc.oneof(fc.constantFrom(...inserts), fc.constant(''), fc.string({ unit: 'binary', maxLength: 6 })),
  })
  return fc.tuple(text, fc.array(change, { minLength: 1, maxLength: 4 })).map(([start, changes]) =>
    changes.reduce((result, { at, length, what }) => {
      const from = Math.floor(at * result.length)
      return result.slice(0, from) + what + result.slice(from + length)
    }, start),
  )
}
