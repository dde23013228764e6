const synonyms: readonly (readonly [RegExp, string])[] = [
  [/^(?:character varying|varcharacter)\b/, 'varchar'],
  [/^character\b(?! set)/, 'char'],
  [/^double precision\b/, 'double'],
  [/^real\b/, 'double'],
  [/^(?:dec|numeric|fixed)\b/, 'decimal'],
  [/^integer\b/, 'int'],
  [/^int1\b/, 'tinyint'],
  [/^int2\b/, 'smallint'],
  [/^(?:int3|middleint)\b/, 'mediumint'],
  [/^int4\b/, 'int'],
  [/^int8\b/, 'bigint'],
  // MySQL shows the short name, MariaDB the long one.
  [/^geomcollection\b/, 'geometrycollection'],
  [/^bit$/, 'bit(1)'],
  [/^binary$/, 'binary(1)'],
]

/** How many digits a number has that says none, and is filled with zeros. */
const widths: { readonly [type: string]: number } = { tinyint: 3, smallint: 5, mediumint: 8, int: 10, bigint: 20 }

/**
 * A type as the servers show it, from the spellings that they take for it; in lower case, with no space around parentheses.
 * https://dev.mysql.com/doc/refman/8.4/en/numeric-type-syntax.html: ZEROFILL makes a number UNSIGNED.
 */
export function shownType(text: string): string {
  if (/^(?:enum|set)\b/.test(text)) return text
  const [pattern, word] = synonyms.find(([each]) => each.test(text)) ?? []
  const named = pattern === undefined || word === undefined ? text : text.replace(pattern, word)
  const number =
    /^((?:tiny|small|medium|big)?int|decimal|float|double)(\([\d,]+\))?((?: (?:signed|unsigned|zerofill))+)$/.exec(
      named,
    )
  if (number === null) return named
  const [, type = '', size, attributes = ''] = number
  const filled = attributes.includes('zerofill')
  const width = type === 'decimal' ? '(10,0)' : filled && widths[type] !== undefined ? `(${widths[type]})` : ''
  const digits = type === 'decimal' && size !== undefined && !size.includes(',') ? size.replace(')', ',0)') : size
  const unsigned = filled || attributes.includes('unsigned') ? ' unsigned' : ''
  return `${type}${digits ?? width}${unsigned}${filled ? ' zerofill' : ''}`
}
