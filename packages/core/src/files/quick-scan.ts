import type { HeaderLiteral } from './literal.ts'

/** White space, comments and plain imports from the start of a file. It always matches, so it never goes back. */
const preamble = /\uFEFF?(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|import\b[^'"`;]*(?:'[^'\n]*'|"[^"\n]*")[ \t]*;?(?=\s))*/y
const text = /'[^'\\\n]*'|"[^"\\\n]*"/.source
/** One constant on lines of its own, with something behind it that cannot continue the expression. */
const constant = new RegExp(
  [
    /export\s+const\s+(revision|downRevision|branchLabels|dependsOn|compatibleWith|replaces)\b/.source,
    /(?:\s*:\s*(?:[\w \t|.]|\[\])+)?/.source,
    `\\s*=\\s*(${text}|null|\\[\\s*(?:(?:${text})\\s*(?:,\\s*)?)*\\])`,
    /(?:[ \t]+as[ \t]+const)?[ \t]*(?:;|\r?\n|$)\s*(?=[a-z@}]|\/[/*]|$)/.source,
  ].join(''),
  'y',
)
const strings = new RegExp(text, 'g')

/**
 * The header of a file that is written as the template writes it, found by two expressions that V8 compiles to machine
 * code: a run over thousands of files ends before the scanner, which reads character by character, would be compiled.
 *
 * Undefined where anything is out of the ordinary, be it right or wrong: the scanner decides then.
 */
export function quickScan(source: string): ReadonlyMap<string, HeaderLiteral> | undefined {
  const literals = new Map<string, HeaderLiteral>()
  preamble.lastIndex = 0
  preamble.exec(source)
  let at = preamble.lastIndex
  for (;;) {
    constant.lastIndex = at
    const match = constant.exec(source)
    const [, name, literal] = match ?? []
    if (name === undefined || literal === undefined || literals.has(name)) break
    literals.set(name, headerLiteral(literal))
    at = constant.lastIndex
  }
  return literals.has('revision') && literals.has('downRevision') && hasNoMore(source, literals, at)
    ? literals
    : undefined
}

function headerLiteral(literal: string): HeaderLiteral {
  if (literal === 'null') return null
  if (!literal.startsWith('[')) return literal.slice(1, -1)
  return (literal.match(strings) ?? []).map((item) => item.slice(1, -1))
}

function hasNoMore(source: string, literals: ReadonlyMap<string, HeaderLiteral>, at: number): boolean {
  return ['branchLabels', 'dependsOn', 'compatibleWith', 'replaces'].every(
    (name) => literals.has(name) || !source.includes(name, at),
  )
}
