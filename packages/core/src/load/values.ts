import { MigrateError } from '../errors/migrate-error.ts'
import {
  isFunction,
  isList,
  isRecord,
  isText,
  isTextOrTexts,
  type OptionChecks,
  requireArgument,
  requireOptions,
  withMethods,
} from '../errors/option-check.ts'
import type { Revision, RevisionHeader, RevisionModule } from '../graph/revision.ts'
import type { RevisionSource } from './revision-source.ts'
import type { ForeignHistory, Tier } from './tier.ts'

export interface GraphTierOptions {
  /** How commands, plans and the history name this tier. Default `main`. */
  readonly name?: string
  readonly foreignHistory?: ForeignHistory
}

const graphChecks: OptionChecks<GraphTierOptions> = { name: isText, foreignHistory: isRecord }
const isSource = withMethods('a source of revisions, as revisions([…]) gives it,', 'headers', 'module')

/**
 * Revisions that are part of the program: for services that are bundled, where no folder can be read.
 *
 * ```ts
 * import * as r1 from './migrations/4f2a91c07b3e_accounts_get_a_locale.ts'
 * const tier = graphOf(revisions([r1]))
 * ```
 */
export function revisions(values: readonly Revision[]): RevisionSource {
  requireArgument('revisions', 'values', values, isList)
  for (const value of values) {
    requireArgument('revisions', 'values[]', value, isRecord)
    requireArgument('revisions', 'revision', value.revision, isText)
    const { downRevision } = value
    if (downRevision !== null) requireArgument('revisions', 'downRevision', downRevision, isTextOrTexts)
    requireArgument('revisions', 'upgrade', value.upgrade, isFunction)
  }
  // The graph itself refuses two revisions of one id; the first stands for both until then.
  const byId = new Map<string, Revision>()
  for (const value of values) if (!byId.has(value.revision)) byId.set(value.revision, value)
  return {
    description: '<values>',
    headers: () => Promise.resolve(values.map(headerOf)),
    module: (revision) => {
      const value = byId.get(revision)
      return value === undefined
        ? Promise.reject(unknownRevision(revision, '<values>'))
        : Promise.resolve(moduleOf(value))
    },
  }
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

function headerOf(value: Revision): RevisionHeader {
  const { downRevision } = value
  return {
    revision: value.revision,
    parents: downRevision === null ? [] : typeof downRevision === 'string' ? [downRevision] : downRevision,
    dependsOn: value.dependsOn ?? [],
    branchLabels: value.branchLabels ?? [],
    compatibleWith: value.compatibleWith ?? [],
    message: value.message ?? value.revision,
    source: '<value>',
  }
}

function moduleOf(value: Revision): RevisionModule {
  const { upgrade, downgrade, sql } = value
  return { upgrade, ...(downgrade === undefined ? {} : { downgrade }), ...(sql === undefined ? {} : { sql }) }
}
