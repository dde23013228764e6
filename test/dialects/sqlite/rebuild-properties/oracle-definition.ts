import { type ColumnExpectation, definitionTouched, type Expectation } from './expect.ts'
import type { Report } from './oracle.ts'
import { type Definition, fold, mentions, type Piece, type PieceKind, readCreateTable, tokenForm } from './sql-text.ts'

/** Equal character by character; where a renamed name stands in it, token by token with the name replaced. */
function sameText(before: string, after: string, expected: Expectation): boolean {
  if (before === after) return true
  return mentions(before, expected.renames.keys()) && tokenForm(before, expected.renames) === tokenForm(after)
}

/** The kinds of pieces of a column's definition that its changes are about. */
function looseKinds(one: ColumnExpectation): ReadonlySet<PieceKind> {
  const kinds = new Set<PieceKind>()
  if (one.nullable !== undefined) kinds.add('notNull').add('null')
  if (one.default !== undefined) kinds.add('default')
  if (one.collation !== undefined) kinds.add('collate')
  if (one.generated !== undefined) kinds.add('generated')
  return kinds
}

function withoutDropped(pieces: readonly Piece[], column: string, expected: Expectation): readonly Piece[] {
  const left = [...pieces]
  for (const dropped of expected.droppedConstraints) {
    const at = left.findIndex((piece) => {
      if (piece.kind !== dropped.what && !(piece.kind === 'references' && dropped.what === 'foreignKey')) return false
      if (dropped.name !== undefined || piece.name !== undefined) return piece.name === dropped.name
      if (dropped.what === 'check') return inner(piece) === dropped.expression?.trim()
      return dropped.columns.length === 1 && dropped.columns[0] === column
    })
    if (at >= 0) left.splice(at, 1)
  }
  return left
}

/** What stands between the first parentheses. */
function inner(piece: Piece): string {
  const opening = piece.tokens.findIndex((token) => token.kind === 'mark' && token.text === '(')
  let depth = 0
  const close = piece.tokens.findIndex((token, at) => {
    if (at < opening || token.kind !== 'mark') return false
    if (token.text === '(') depth++
    return token.text === ')' && --depth === 0
  })
  const start = piece.tokens[0]?.start ?? 0
  return piece.text.slice((piece.tokens[opening]?.end ?? 0) - start, (piece.tokens[close]?.start ?? 0) - start).trim()
}

function dropsTableConstraint(definition: Definition, expected: Expectation): boolean {
  const [piece] = definition.pieces
  if (piece === undefined) return false
  return expected.droppedConstraints.some((dropped) => {
    if (piece.kind !== dropped.what) return false
    if (dropped.name !== undefined || piece.name !== undefined) return piece.name === dropped.name
    if (dropped.what === 'check') return inner(piece) === dropped.expression?.trim()
    return tokenForm(inner(piece)) === dropped.columns.map((name) => `<${fold(name)}>`).join(' , ')
  })
}

export function checkDefinition(textBefore: string, textAfter: string, expected: Expectation, report: Report): void {
  const bad = (message: string): void =>
    report('definition kept', `${message}\nbefore: ${textBefore}\nafter: ${textAfter}`)
  const before = readCreateTable(textBefore)
  const after = readCreateTable(textAfter)
  const columnsAfter = after.definitions.filter((one) => one.kind === 'column')
  const extra: string[] = []
  for (const definition of before.definitions) {
    if (definition.kind !== 'column') continue
    const want = expected.columns.find((one) => one.before === definition.name)
    const now = columnsAfter.find((one) => one.name === want?.name)
    if (want === undefined || now === undefined) continue
    extra.push(...checkColumn(definition, now, want, expected, bad))
  }
  const constraints = before.definitions.filter(
    (one) => one.kind === 'constraint' && !dropsTableConstraint(one, expected),
  )
  const constraintsAfter = after.definitions.filter((one) => one.kind === 'constraint')
  for (const constraint of constraints) {
    const at = constraintsAfter.findIndex((one) => sameText(constraint.text, one.text, expected))
    if (at < 0) bad(`the constraint is not there as it was: ${constraint.text}`)
    else constraintsAfter.splice(at, 1)
  }
  extra.push(...constraintsAfter.map((one) => one.pieces[0]?.kind ?? ''))
  const added = expected.added.map((one) => one.kind)
  const news = expected.columns.filter((one) => one.before === undefined).map((one) => one.name)
  const ofNew = columnsAfter
    .filter((one) => news.includes(one.name ?? ''))
    .flatMap((one) => one.pieces.map((piece) => piece.kind))
  const count = (kinds: readonly string[], kind: string): number => kinds.filter((one) => one === kind).length
  for (const [change, kinds] of [
    ['addUnique', ['unique']],
    ['addCheck', ['check']],
    ['addPrimaryKey', ['primaryKey']],
    ['addForeignKey', ['foreignKey', 'references']],
  ] as const) {
    const actual = kinds.reduce((sum, kind) => sum + count(extra, kind) + count(ofNew, kind), 0)
    if (actual !== count(added, change)) bad(`${actual} new ${kinds.join(' or ')} instead of ${count(added, change)}`)
  }
  checkNames(after.definitions, expected, bad)
  checkComments(before, after, expected, bad)
}

function checkNames(definitions: readonly Definition[], expected: Expectation, bad: (message: string) => void): void {
  const actual = definitions.flatMap((one) => one.pieces.map((piece) => piece.name))
  for (const one of expected.added) {
    if (one.name !== undefined && !actual.includes(one.name)) bad(`no constraint is called ${one.name}`)
  }
}

/** Gives the kinds of pieces that the column has more than it should by its own changes. */
function checkColumn(
  before: Definition,
  after: Definition,
  want: ColumnExpectation,
  expected: Expectation,
  bad: (message: string) => void,
): PieceKind[] {
  const pieces = withoutDropped(before.pieces, before.name ?? '', expected)
  const renamedOnly = !definitionTouched(want) && pieces.length === before.pieces.length
  if (renamedOnly && sameText(before.text, after.text, expected)) return []
  if (want.type === undefined && !sameText(before.type, after.type, expected))
    bad(`the type of ${before.name} was ${before.type}`)
  const loose = looseKinds(want)
  const left = after.pieces.filter((piece) => !loose.has(piece.kind))
  for (const piece of pieces) {
    if (loose.has(piece.kind)) continue
    const at = left.findIndex((one) => {
      if (sameText(piece.text, one.text, expected)) return true
      if (piece.kind !== 'primaryKey' || want.autoincrement === undefined) return false
      const plain = (text: string): string => tokenForm(text).replace(' <autoincrement>', '')
      return one.kind === 'primaryKey' && plain(piece.text) === plain(one.text)
    })
    if (at < 0) bad(`of ${before.name} this is not there as it was: ${piece.text}`)
    else left.splice(at, 1)
  }
  const news = left.map((piece) => piece.kind)
  const allowed = new Set<PieceKind>([
    'unique',
    'check',
    'primaryKey',
    'references',
    ...(expected.options.withoutRowid === undefined && expected.options.strict === undefined
      ? []
      : (['notNull'] as const)),
  ])
  if (renamedOnly && !news.some((kind) => allowed.has(kind)) && !sameText(before.text, after.text, expected)) {
    bad(`the definition of ${before.name} was not touched and is not as it was`)
  }
  for (const kind of news) if (!allowed.has(kind)) bad(`${before.name} has a new ${kind}`)
  return news.filter((kind) => kind !== 'notNull')
}

/** Comments between definitions stay, unless one of their neighbours was dropped. */
function checkComments(
  before: ReturnType<typeof readCreateTable>,
  after: ReturnType<typeof readCreateTable>,
  expected: Expectation,
  bad: (message: string) => void,
): void {
  const isPreserved = (definition: Definition | undefined): boolean => {
    if (definition === undefined) return true
    if (definition.kind === 'constraint') return !dropsTableConstraint(definition, expected)
    return !expected.dropped.includes(definition.name ?? '')
  }
  const actual = after.comments.map((one) => one.text.trim())
  for (const comment of before.comments) {
    const inside = before.definitions.some((one) => comment.start > one.start && comment.end <= one.end)
    const previous = before.definitions.findLast((one) => one.end <= comment.start)
    const next = before.definitions.find((one) => one.start >= comment.end)
    // behind the last definition stand the options, and a comment may belong to one that was taken away
    const ofOptions = next === undefined && Object.keys(expected.options).length > 0
    if (inside || ofOptions || !isPreserved(previous) || !isPreserved(next)) continue
    const at = actual.indexOf(comment.text.trim())
    if (at < 0) bad(`the comment ${comment.text} is gone`)
    else actual.splice(at, 1)
  }
}
