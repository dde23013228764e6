import type { SchemaModel, TableModel, TableRef, ViewModel } from '@org/migrate-core/dialect'
import { isRowidName } from '../sql/rowid-names.ts'
import { foldName, sameName } from '../sql/tokenize.ts'
import type { Body, BodyColumn, Scope, Source } from './body-scan.ts'
import { type ParsedBody, parseBody, scopesFrom, sourceOf } from './rename-in-body.ts'
import type { SelectResult } from './select-results.ts'

/**
 * How a table, view or query shows a name: as the column that is followed, or one that has its name from it; as another column; not at all.
 */
type Exposure = 'followed' | 'other' | 'none' | 'unknown'

/** A column of a table, with everything that shows it under its own name. */
export interface FollowedColumn {
  readonly table: string
  readonly column: string
  /** Of a table or a view. */
  ofRelation(name: string): Exposure
  ofSource(source: Source, body: Body): Exposure
}

const strongest = (all: readonly Exposure[]): Exposure =>
  (['followed', 'other', 'unknown'] as const).find((each) => all.includes(each)) ?? 'none'

const listed = (columns: readonly string[], column: string): Exposure =>
  columns.some((each) => sameName(each, column)) ? 'other' : 'none'

/** Sources whose columns a bare name can mean. */
const bareSources = (scope: Scope): readonly Source[] =>
  scope.sources.filter(({ qualifiedOnly }) => qualifiedOnly === undefined)

const byFoldedName = <T extends { readonly ref: TableRef }>(all: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
  new Map([...all.values()].map((each) => [foldName(each.ref.name), each]))

export function followColumn(model: SchemaModel, { name: table }: TableRef, column: string): FollowedColumn {
  // Made for the first body that asks: most columns are added where no view and no trigger is, and each for itself.
  let tables: ReadonlyMap<string, TableModel> | undefined
  let views: ReadonlyMap<string, ViewModel> | undefined
  const known = new Map<string, Exposure>()
  const open = new Set<Scope>()

  const ofResult = ({ isEvery, qualifier, ...result }: SelectResult, query: Scope, body: Body): Exposure => {
    if (isEvery) {
      const qualified = qualifier === undefined ? undefined : sourceOf(query, qualifier)
      const sources = qualifier === undefined ? bareSources(query) : qualified === undefined ? [] : [qualified]
      return strongest(sources.map((source) => ofSource(source, body)))
    }
    if (result.alias !== undefined) return listed([result.alias], column)
    if (result.column === undefined || !sameName(result.column, column)) return 'none'
    if (qualifier !== undefined) {
      const source = sourceOf(query, qualifier)
      return source === undefined ? 'unknown' : ofSource(source, body)
    }
    const all = [...scopesFrom(query)].map((scope) =>
      strongest(bareSources(scope).map((source) => ofSource(source, body))),
    )
    return all.find((each) => each !== 'none') ?? 'unknown'
  }

  const ofQuery = (query: Scope, body: Body): Exposure => {
    // A recursive one reads itself.
    if (open.has(query)) return 'unknown'
    open.add(query)
    const all = query.results.map((result) => ofResult(result, query, body))
    open.delete(query)
    return strongest(all)
  }

  const ofView = (name: string): Exposure => {
    views ??= byFoldedName(model.views)
    const view = views.get(name)
    if (view === undefined || view.broken === true) return 'unknown'
    if (view.columns !== undefined) return listed(view.columns, column)
    const { body } = parseBody(view.source ?? view.definition, 'view')
    return ofQuery(body.query, body)
  }

  const ofRelation = (name: string): Exposure => {
    const key = foldName(name)
    tables ??= byFoldedName(model.tables)
    const found = tables.get(key)
    if (found !== undefined) {
      if (found.columns.length === 0) return 'unknown'
      const exposure = listed(
        found.columns.map((each) => each.name),
        column,
      )
      return exposure === 'other' && sameName(name, table) ? 'followed' : exposure
    }
    const exposure = known.get(key) ?? ofView(key)
    known.set(key, exposure)
    return exposure
  }

  const ofSource = (source: Source, body: Body): Exposure => {
    if (source.query !== undefined) return ofQuery(source.query, body)
    if (source.table === undefined) return 'unknown'
    const cte = body.ctes.get(foldName(source.table.name))
    if (cte === undefined) return ofRelation(source.table.name)
    if (cte.columns !== undefined) return listed(cte.columns, column)
    return cte.query === undefined ? 'unknown' : ofQuery(cte.query, body)
  }

  return { table, column, ofRelation, ofSource }
}

interface Meaning {
  readonly exposure: Exposure
  readonly source?: Source
}

/** What a name of the column in a body means. */
function meaningOf({ qualifier, scope, ordering }: BodyColumn, followed: FollowedColumn, body: Body): Meaning {
  if (qualifier !== undefined) {
    const source = sourceOf(scope, qualifier.name)
    return source === undefined ? { exposure: 'none' } : { exposure: followed.ofSource(source, body), source }
  }
  for (const each of scopesFrom(scope)) {
    if (ordering && each === scope && each.aliases.has(foldName(followed.column))) return { exposure: 'none' }
    const meanings = bareSources(each).map((source) => ({ source, exposure: followed.ofSource(source, body) }))
    const exposure = strongest(meanings.map((meaning) => meaning.exposure))
    const meaning = meanings.find((one) => one.exposure === exposure)
    if (exposure !== 'none' && meaning !== undefined) return meaning
  }
  return { exposure: 'none' }
}

/** Whether the column joins two sources by its name: USING, or NATURAL where the name is `other`'s in another source. */
function joins({ body }: ParsedBody, followed: FollowedColumn, other: FollowedColumn): boolean {
  const isIn = (scope: Scope): boolean => scope.sources.some((each) => followed.ofSource(each, body) === 'followed')
  if (body.using.some(({ name, scope }) => sameName(name, followed.column) && isIn(scope))) return true
  return body.scopes.some(({ isNatural, sources }) => {
    if (!isNatural) return false
    const own = sources.filter((each) => followed.ofSource(each, body) === 'followed')
    return own.some((one) => sources.some((each) => each !== one && other.ofSource(each, body) === 'other'))
  })
}

/** Whether the body names the column where another view, a subquery or a join shows it: SQLite's RENAME COLUMN changes no such name. */
export function readsThrough(parsed: ParsedBody, followed: FollowedColumn): boolean {
  const { body, table, updateOf } = parsed
  const isDirect = ({ table: name }: Source): boolean =>
    name !== undefined && !body.ctes.has(foldName(name.name)) && sameName(name.name, followed.table)
  const isNamed = body.columns.some((use) => {
    if (!sameName(use.name, followed.column)) return false
    const { exposure, source } = meaningOf(use, followed, body)
    return exposure === 'followed' && source !== undefined && !isDirect(source)
  })
  const isHead =
    table !== undefined &&
    !sameName(table.name, followed.table) &&
    updateOf.some(({ name }) => sameName(name, followed.column)) &&
    followed.ofRelation(table.name) === 'followed'
  return isNamed || isHead || joins(parsed, followed, followed)
}

/**
 * Whether a name that means another column now would mean the `gained` one, or both.
 *
 * @param gained what shows the column that gets the name
 * @param current the name as it is used before
 */
export function isCaptured(parsed: ParsedBody, gained: FollowedColumn, current: FollowedColumn): boolean {
  const { body } = parsed
  const gains = (source: Source): boolean => gained.ofSource(source, body) === 'followed'
  // What no table has as a column is its hidden rowid then.
  const isHidden = isRowidName(current.column)
  const isUseCaptured = (use: BodyColumn): boolean => {
    if (!sameName(use.name, current.column)) return false
    if (use.qualifier !== undefined) {
      const source = sourceOf(use.scope, use.qualifier.name)
      if (source === undefined || !gains(source)) return false
      const exposure = current.ofSource(source, body)
      return exposure === 'other' || (exposure === 'none' && isHidden)
    }
    let isGained = false
    for (const scope of scopesFrom(use.scope)) {
      const hasAlias = scope === use.scope && scope.aliases.has(foldName(current.column))
      if (hasAlias && use.ordering) return false
      isGained ||= bareSources(scope).some(gains)
      const exposure = strongest(bareSources(scope).map((source) => current.ofSource(source, body)))
      if (hasAlias || exposure === 'other') return isGained
      if (exposure === 'unknown' && !isGained) return false
    }
    return isGained && isHidden
  }
  return body.columns.some(isUseCaptured) || joins(parsed, gained, current)
}
