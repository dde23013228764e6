import { MigrateError } from '../errors/migrate-error.ts'
import {
  isList,
  isRecord,
  isText,
  type OptionChecks,
  requireArgument,
  requireOptions,
  withMethods,
} from '../errors/option-check.ts'
import type { Revision, RevisionHeader, RevisionModule } from '../graph/revision.ts'
import { checkedFunctions, type Exports } from './module-check.ts'
import type { RevisionSource } from './revision-source.ts'
import { checkedSql } from './sql-revision.ts'
import type { ForeignHistory, Tier } from './tier.ts'
import { checkedValueHeader, locationOfValue } from './value-header.ts'

export interface GraphTierOptions {
  /** How commands, plans and the history name this tier. Default `main`. */
  readonly name?: string
  readonly foreignHistory?: ForeignHistory
}

const graphChecks: OptionChecks<GraphTierOptions> = { name: isText, foreignHistory: isRecord }
const isSource = withMethods('a source of revisions, as revisions([…]) gives it,', 'headers', 'module')

/**
 * Revisions that are part of the program: for services that are bundled, where no folder can be read. They are checked as files are.
 *
 * ```ts
 * import * as r1 from './migrations/4f2a91c07b3e_accounts_get_a_locale.ts'
 * const tier = graphOf(revisions([r1]))
 * ```
 *
 * Throws INVALID_OPTION for what is no list of objects, HEADER_INVALID, REVISION_FILE_INVALID.
 */
export function revisions(values: readonly Revision[]): RevisionSource {
  requireArgument('revisions', 'values', values, isList)
  const entries = Array.from(values, (value, at) => {
    requireArgument('revisions', `values[${at}]`, value, isRecord)
    return entryOf(value, at)
  })
  const headers = entries.map(({ header }) => header)
  // The graph itself refuses two revisions of one id; the first stands for both until then.
  const byId = new Map<string, RevisionModule>()
  for (const { header, module } of entries) if (!byId.has(header.revision)) byId.set(header.revision, module)
  return {
    description: '<values>',
    headers: () => Promise.resolve(headers),
    module: (revision) => {
      const module = byId.get(revision)
      return module === undefined ? Promise.reject(unknownRevision(revision, '<values>')) : Promise.resolve(module)
    },
  }
}

function entryOf(value: Revision, at: number): { readonly header: RevisionHeader; readonly module: RevisionModule } {
  // Names of a module namespace can be read only when the module has run: where modules import each other in a circle it has not.
  requireArgument('revisions', `values[${at}]`, value, (each) => void Object.entries(each as object))
  const header = checkedValueHeader(value, `revisions([…])[${at}]`)
  const file = locationOfValue(value, `revisions([…])[${at}]`).file
  const sql = value.sql === undefined ? undefined : checkedSql(value.sql, file)
  const functions = checkedFunctions(value as unknown as Exports, file)
  return { header: { ...header, source: '<value>' }, module: { ...functions, ...(sql === undefined ? {} : { sql }) } }
}

/** A graph tier over any source of revisions. `graph(directory)` of `@org/migrate-core/node` makes one of a folder. */
export function graphOf(source: RevisionSource, options: GraphTierOptions = {}): Tier {
  requireArgument('graphOf', 'source', source, isSource)
  requireOptions('graphOf', options, graphChecks)
  const { name = 'main', foreignHistory } = options
  return { name, kind: 'graph', source, ...(foreignHistory === undefined ? {} : { foreignHistory }) }
}

export function unknownRevision(revision: string, where: string): MigrateError {
  return new MigrateError(
    'UNKNOWN_REVISION',
    { target: revision, near: [] },
    `There is no revision \`${revision}\` in ${where}`,
  )
}
