import { quote } from '../sql/quote.ts'
import { tokensUnder } from '../sql/tokens.ts'
import type { ColumnUse, References, Scope, TableUse } from './reference-types.ts'
import { referencesIn } from './references.ts'
import { spelledLike } from './spelling.ts'

/** A table or a view, or one of its columns, with the name that it gets; without one it is dropped. */
export type NameChange =
  | { readonly of: 'table'; readonly name: string; readonly to?: string }
  | {
      readonly of: 'column'
      readonly table: string
      readonly name: string
      readonly to?: string
      /** Of the table, where they are known: what `*` stands for. */
      readonly columns?: readonly string[]
    }

export interface DependentText {
  readonly text: string
  readonly sqlMode?: string
  /** Where the body of a trigger begins, among the tokens. */
  readonly start?: number
  /** The table of a trigger, whose rows are NEW and OLD. */
  readonly rowsOf?: string
  /** Names of tables that differ in case are one. */
  readonly foldsCase: boolean
}

/** `untouched`: nothing in it is named; `unclear`: it may be, and what exactly is meant cannot be told. */
type RewriteResult = { readonly kind: 'untouched' | 'unclear' } | { readonly kind: 'touched'; readonly text: string }

const folded = (name: string): string => name.toLowerCase()

type Certainty = 'yes' | 'no' | 'unclear'

/** Answers for one table whether a name in the text is its, or its column's. */
interface Resolver {
  isTable(use: TableUse): Certainty
  column(use: ColumnUse): Certainty
  owner(qualifier: string, scope: Scope): TableUse | undefined
}

function resolver(references: References, table: string, { foldsCase, rowsOf }: DependentText): Resolver {
  const same = (a: string, b: string): boolean => (foldsCase ? folded(a) === folded(b) : a === b)
  const isTable = ({ name, schema }: TableUse): Certainty => {
    if (!same(name, table)) return 'no'
    return schema !== undefined || references.declared.has(folded(name)) ? 'unclear' : 'yes'
  }
  const owner = (qualifier: string, scope: Scope): TableUse | undefined => {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const use = at.tables.find(({ alias, name }) => folded(alias ?? name) === folded(qualifier))
      if (use !== undefined) return use
    }
    return undefined
  }
  const column = ({ name, qualifier, scope, afterSelect }: ColumnUse): Certainty => {
    if (qualifier !== undefined) {
      if (/^(?:new|old)$/i.test(qualifier.name) && rowsOf !== undefined) return same(rowsOf, table) ? 'yes' : 'no'
      const use = owner(qualifier.name, scope)
      if (use !== undefined) return isTable(use)
      return same(qualifier.name, table) ? 'unclear' : 'no'
    }
    if (references.declared.has(folded(name))) return 'no'
    if (afterSelect && scope.outputs.has(folded(name))) return 'no'
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      if (!at.tables.some((use) => isTable(use) !== 'no')) continue
      const isOnlyTable =
        at === scope && at.tables.length === 1 && !at.derived && at.tables.every((use) => isTable(use) === 'yes')
      return isOnlyTable ? 'yes' : 'unclear'
    }
    return 'no'
  }
  return { isTable, column, owner }
}

interface Edits {
  readonly at: Map<number, string>
  unclear: boolean
}

function tableEdits(references: References, name: string, to: string, text: DependentText): Edits {
  const { isTable, owner } = resolver(references, name, text)
  const edits: Edits = { at: new Map(), unclear: false }
  const put = (at: number): void => {
    edits.at.set(at, spelledLike(references.tokens[at], to))
  }
  for (const use of references.tables) {
    const answer = isTable(use)
    if (answer === 'unclear') edits.unclear = true
    if (answer === 'yes') put(use.at)
  }
  const same = (a: string): boolean => (text.foldsCase ? folded(a) === folded(name) : a === name)
  const qualified = (qualifier: string, at: number | undefined, scope: Scope): void => {
    if (!same(qualifier)) return
    const use = owner(qualifier, scope)
    if (use === undefined) edits.unclear = true
    else if (use.alias === undefined && isTable(use) === 'yes' && at !== undefined) put(at)
  }
  for (const { qualifier, scope } of references.columns)
    if (qualifier !== undefined) qualified(qualifier.name, qualifier.at, scope)
  // The name stands two tokens before the star: a dot is between them.
  for (const { at, qualifier, scope } of references.stars)
    if (qualifier !== undefined) qualified(qualifier, at - 2, scope)
  return edits
}

function columnEdits(
  references: References,
  change: Extract<NameChange, { of: 'column' }>,
  to: string,
  text: DependentText,
): Edits {
  const { isTable, column } = resolver(references, change.table, text)
  const edits: Edits = { at: new Map(), unclear: false }
  const written = quote.identifier(to).text
  const old = quote.identifier(change.name).text
  for (const use of references.columns) {
    if (folded(use.name) !== folded(change.name)) continue
    const answer = column(use)
    if (answer === 'unclear') edits.unclear = true
    // What is selected keeps its name: views and programs read it by that.
    if (answer !== 'yes') continue
    const token = references.tokens[use.at]
    const name = spelledLike(token, to)
    edits.at.set(use.at, use.isOutput ? `${name} AS ${spelledLike(token, change.name)}` : name)
  }
  for (const { at, qualifier, scope } of references.stars) {
    if (!scope.tables.some((use) => isTable(use) !== 'no')) continue
    const [only, other] = scope.tables
    const plain = qualifier === undefined && other === undefined && only !== undefined && !scope.derived
    if (!plain || change.columns === undefined || isTable(only) !== 'yes') {
      edits.unclear = true
      continue
    }
    const items = change.columns.map((name) =>
      folded(name) === folded(change.name) ? `${written} AS ${old}` : quote.identifier(name).text,
    )
    edits.at.set(at, items.join(', '))
  }
  return edits
}

/** The text with the new name in it; where something is dropped, whether the text names it. */
export function rewriteReferences(change: NameChange, text: DependentText): RewriteResult {
  const tokens = tokensUnder(text.text, text.sqlMode)
  const references = referencesIn(tokens, text.start)
  const to = change.to ?? change.name
  const { at, unclear } =
    change.of === 'table' ? tableEdits(references, change.name, to, text) : columnEdits(references, change, to, text)
  if (unclear) return { kind: 'unclear' }
  if (at.size === 0) return { kind: 'untouched' }
  return { kind: 'touched', text: tokens.map((token, index) => at.get(index) ?? token.text).join('') }
}

/** The tables and views that a text reads. */
export function tablesIn(text: DependentText): readonly string[] {
  return referencesIn(tokensUnder(text.text, text.sqlMode), text.start).tables.map(({ name }) => name)
}
