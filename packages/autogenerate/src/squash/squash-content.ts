import type { Migrator, Operation } from '@org/migrate-core'
import { contextOf, graphsOfFiles, loadParts, recordUpgrade, replayUpTo, selectTier } from '@org/migrate-core/internal'
import { creationsOf } from '../differences/creations.ts'
import type { BodyChange } from '../render/body-change.ts'
import type { SquashRange } from './range.ts'
import { referenceRows } from './reference-rows.ts'

/** A data step of the range. */
export interface SquashStep {
  readonly revision: string
  readonly label: string
}

/** What a squashed revision does on one dialect. */
export interface SquashContent {
  readonly dialect: string
  /**
   * `model`: it makes the schema as it is at the end of the range. `operations`: it runs those of the range in their order, because the
   * range alters what is there before it, or holds SQL.
   */
  readonly from: 'model' | 'operations'
  readonly changes: readonly BodyChange[]
  readonly steps: readonly SquashStep[]
  /** The dialects for which the range has a branch of `op.on`. */
  readonly branches: ReadonlySet<string>
}

interface RecordedInRange extends Pick<SquashStep, 'revision'> {
  readonly operation: Operation
}

/** Stands in the code where a preserved data step is recorded. */
const stepMark = ({ revision, label }: SquashStep): string => `squash ${JSON.stringify([revision, label])}`

const operationChange = (operation: Operation): BodyChange => ({ kind: 'operation', operation })

const stepsOf = (recorded: readonly RecordedInRange[]): readonly SquashStep[] =>
  recorded.flatMap(({ revision, operation }) =>
    operation.kind === 'run' ? [{ revision, label: operation.label }] : [],
  )

function isEmptySchema(schema: Awaited<ReturnType<typeof replayUpTo>>['schema']): boolean {
  const { tables, views, enums, sequences, triggers, schemas, extensions } = schema
  return (
    [tables, views, enums, sequences, triggers].every(({ size }) => size === 0) &&
    schemas.length + extensions.length === 0
  )
}

/**
 * What a squashed revision has to do in place of a range, on the dialect of the migrator. No database is opened.
 *
 * @param isPreserved whether a data step is recorded in the squashed revision, too
 */
export async function squashContent(
  migrator: Migrator,
  tier: string,
  range: SquashRange,
  isPreserved: (step: SquashStep) => boolean,
): Promise<SquashContent> {
  const { resolved } = contextOf('squashContent', migrator)
  const { dialect } = await loadParts(resolved)
  const graphs = await graphsOfFiles(resolved)
  const each = selectTier(graphs, tier)
  const recorded: RecordedInRange[] = []
  const branches = new Set<string>()
  for (const revision of range.revisions) {
    const { operations, branches: named } = await recordUpgrade(dialect, each, revision)
    for (const name of named) branches.add(name)
    for (const { operation } of operations) recorded.push({ revision, operation })
  }
  const steps = stepsOf(recorded)
  const markedStep = (step: SquashStep): BodyChange => operationChange({ kind: 'sql', text: stepMark(step) })
  const startsEmpty = range.parents.length === 0 && isEmptySchema((await replayUpTo(dialect, graphs, null)).schema)
  if (!startsEmpty || recorded.some(({ operation }) => operation.kind === 'sql')) {
    const changes = recorded.flatMap(({ revision, operation }): BodyChange[] => {
      if (operation.kind !== 'run') return [operationChange(operation)]
      const step = { revision, label: operation.label }
      return isPreserved(step) ? [markedStep(step)] : []
    })
    return { dialect: dialect.name, from: 'operations', changes, steps, branches }
  }
  const { schema } = await replayUpTo(dialect, graphs, range.to)
  const circles = dialect.capabilities.rebuildsTables === true ? 'inline' : 'separate'
  const changes = [
    ...creationsOf(schema, { circles }).map(operationChange),
    ...referenceRows(recorded.map(({ operation }) => operation)).map(operationChange),
    ...steps.filter(isPreserved).map(markedStep),
  ]
  return { dialect: dialect.name, from: 'model', changes, steps, branches }
}
