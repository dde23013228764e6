import type { OperationOf, SequenceChange } from '@org/migrate-core'
import {
  type ColumnModel,
  columnAt,
  type Dialect,
  type EnumModel,
  expressionText,
  mayName,
  refText,
  type SchemaModel,
  type SequenceModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { comparableSequence, isSame, sequenceFacts, usesEnum } from '@org/migrate-core/internal'
import { extensionCreation } from '../differences/creations.ts'
import { freeObjectName } from '../differences/free-name.ts'
import { needsNewEnum, retyped } from './changed-columns.ts'
import type { Composition, Steps } from './composition.ts'
import { dropComputed } from './generated-columns.ts'

type Added = NonNullable<OperationOf<'alterEnum'>['add']>

/** New values, each in front of the next one that is there already. */
function addedValues(current: readonly string[], desired: readonly string[]): Added {
  const existing = new Set(current)
  return desired.flatMap((value, at) => {
    if (existing.has(value)) return []
    const before = desired.slice(at + 1).find((later) => existing.has(later))
    return [before === undefined ? { value } : { value, before }]
  })
}

/** Brings the values of an enum from what they are to what was declared. Renames have been made. */
function* changeEnum(composition: Composition, current: EnumModel, desired: EnumModel): Steps {
  if (isSame(current.values, desired.values)) return
  const add = addedValues(current.values, desired.values)
  const removed = current.values.filter((value) => !desired.values.includes(value))
  const remaining = current.values.filter((value) => desired.values.includes(value))
  const answers = new Map(removed.map((value) => [value, replacement(composition, current, value)]))
  yield* dropDefaults(
    composition,
    desired,
    removed.filter((value) => answers.get(value) === undefined),
  )
  if (needsNewEnum(current.values, desired.values)) yield* dropComputedOfEnum(composition, desired.ref)
  yield {
    kind: 'operation',
    operation: {
      kind: 'alterEnum',
      enum: desired.ref,
      ...(add.length === 0 ? {} : { add }),
      ...(removed.length === 0
        ? {}
        : {
            drop: removed.map((value) => {
              const replaceBy = answers.get(value)
              return replaceBy === undefined ? { value } : { value, replaceBy }
            }),
          }),
      ...(needsNewEnum(remaining, desired.values) ? { order: desired.values } : {}),
    },
    ...(removed.length === 0
      ? {}
      : {
          loses: `which rows had ${removed.map((value) => `'${value}'`).join(', ')} of ${refText(desired.ref)}`,
          replacements: removed.filter((value) => answers.get(value) === undefined),
        }),
  }
}

/** PostgreSQL takes no new type under a generated column; it comes back with what else changes of its table. */
function* dropComputedOfEnum(composition: Composition, ref: TableRef): Steps {
  const { model } = composition
  for (const table of model.tables.values()) if (usesEnum(model, table, ref)) yield* dropComputed(composition, table)
}

/**
 * A default that goes with its value, where the author has yet to say what takes its place: none while the values change, for a downgrade
 * has to bring the value back before it can be a default again.
 */
function* dropDefaults({ dialect, model }: Composition, { ref, values }: EnumModel, removed: readonly string[]): Steps {
  const replaceBy = model.enums.get(tableKey(ref))?.values.find((value) => values.includes(value))
  if (removed.length === 0 || replaceBy === undefined) return
  const drop = removed.map((value) => ({ value, replaceBy }))
  const after = dialect.model.apply(model, { kind: 'alterEnum', enum: ref, drop })
  for (const table of model.tables.values()) {
    for (const { name, default: before } of table.columns) {
      if (before === undefined || isSame(before, columnAt(after, table.ref, name)?.default)) continue
      yield { kind: 'alterColumn', table: table.ref, column: name, change: { default: null } }
    }
  }
}

/** The value that was said for rows that hold one that goes: as SQL, so that all answers look alike. */
function replacement(composition: Composition, { ref }: EnumModel, value: string): string | undefined {
  const answer = composition.fill({ table: ref, column: '', where: { kind: 'value', value } })
  return answer === undefined ? undefined : answer.replace(/^'([\s\S]*)'$/, '$1').replaceAll("''", "'")
}

export function* enums(composition: Composition): Steps {
  for (const [key, desired] of composition.to.enums) {
    const current = composition.model.enums.get(key)
    if (current === undefined) yield { kind: 'createEnum', enum: desired }
    else yield* changeEnum(composition, current, desired)
  }
}

export function* dropEnums(composition: Composition): Steps {
  for (const [key, { ref }] of composition.model.enums)
    if (!composition.to.enums.has(key)) yield { kind: 'dropEnum', enum: ref }
}

/** What the declaration says otherwise; `null` for what it says no more. */
function sequenceChange(
  dialect: Dialect,
  current: SequenceModel,
  desired: SequenceModel,
  supportsTypes: boolean,
): SequenceChange {
  const factsOf = (sequence: SequenceModel) => sequenceFacts(comparableSequence(dialect, sequence))
  const [before, after] = [factsOf(current), factsOf(desired)]
  const facts = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof SequenceChange)[]
  const comparedFacts = facts.filter((fact) => supportsTypes || (fact !== 'type' && fact !== 'ownedBy'))
  return Object.fromEntries(
    comparedFacts.flatMap((fact) =>
      isSame(before[fact] ?? null, after[fact] ?? null) ? [] : [[fact, after[fact] ?? null] as const],
    ),
  )
}

/**
 * Sequences that are declared and missing, before the columns that take numbers from them; an owner that is not there yet comes
 * afterwards. Those that a new `serial` column brings with it are not made here.
 */
export function* createSequences(composition: Composition, implied: ReadonlySet<string>): Steps {
  for (const [key, sequence] of composition.to.sequences) {
    if (composition.model.sequences.has(key) || implied.has(key)) continue
    const { ownedBy, ...free } = sequence
    const column = ownedBy && columnIn(composition.model, ownedBy)
    // The sequence of an identity may have the name that this one is to have. It goes when the column takes its numbers from this one, which
    // continues where it was.
    const { identity } = column ?? {}
    const { ref } = sequence
    if (ownedBy !== undefined && identity !== undefined && (identity.sequence ?? ref.name) === ref.name) {
      const between = freeObjectName(composition.model, ref)
      yield { kind: 'alterColumn', ...ownedBy, change: { identity: { ...identity, sequence: between } } }
    }
    yield { kind: 'createSequence', sequence: column === undefined ? free : sequence }
  }
}

type Owner = NonNullable<SequenceModel['ownedBy']>

const columnIn = (model: SchemaModel, { table, column }: Owner): ColumnModel | undefined =>
  columnAt(model, table, column)

export function* alterSequences(composition: Composition, supportsTypes: boolean): Steps {
  for (const [key, desired] of composition.to.sequences) {
    const current = composition.model.sequences.get(key)
    if (current === undefined) continue
    const change = sequenceChange(composition.dialect, current, desired, supportsTypes)
    if (Object.keys(change).length > 0) yield { kind: 'alterSequence', sequence: desired.ref, change }
  }
}

/** Defaults that ask a sequence for its next number: the server keeps it as long as one of them does. */
function numberedDefaults({ to }: Composition): readonly ((name: string) => boolean)[] {
  return [...to.tables.values()].flatMap(({ columns }) =>
    columns.flatMap(({ default: value }) =>
      value?.kind === 'expression' && /\bnextval\b/i.test(value.sql) ? [mayName(value.sql)] : [],
    ),
  )
}

export function* dropSequences(composition: Composition): Steps {
  const defaults = numberedDefaults(composition)
  for (const [key, { ref, ownedBy, increment = '1' }] of composition.model.sequences) {
    if (composition.to.sequences.has(key) || defaults.some((names) => names(ref.name))) continue
    // One that a column owns and takes its numbers from goes with the column, or was looked at with it.
    if (ownedBy !== undefined && composition.to.tables.has(tableKey(ownedBy.table))) {
      const table = composition.to.tables.get(tableKey(ownedBy.table))
      const column = table?.columns.find(({ name }) => name === ownedBy.column)
      if (column?.default?.kind === 'expression' && column.default.sql.includes(ref.name)) continue
    }
    const identity = ownedBy && columnIn(composition.model, ownedBy)?.identity
    const isCarriedOn = Number(identity?.increment ?? 1) > 0 && Number(increment) > 0
    if (ownedBy === undefined || identity === undefined || !isCarriedOn) {
      yield {
        kind: 'operation',
        operation: { kind: 'dropSequence', sequence: ref },
        loses: `where the numbers of ${refText(ref)} stood`,
      }
      continue
    }
    // The identity continues at the number where this sequence was. Its own sequence gets the usual name, which is free from here on.
    yield { kind: 'dropSequence', sequence: ref }
    const desired = columnIn(composition.to, ownedBy)?.identity
    if (desired === undefined || desired.sequence !== undefined || identity.sequence === undefined) continue
    yield { kind: 'alterColumn', ...ownedBy, change: { identity: { ...desired, sequence: null } } }
  }
}

/** Whether a text names a table that goes, other than its own, or a table together with a column that it loses. */
function readsRemovedObjects(composition: Composition, owner: string, names: (name: string) => boolean): boolean {
  const isNamed = ({ ref }: { readonly ref: TableRef }): boolean => names(ref.name)
  return (
    [...composition.model.tables].some(
      ([key, table]) => key !== owner && !composition.to.tables.has(key) && isNamed(table),
    ) ||
    [...composition.differences.values()].some((each) => isNamed(each) && each.removed.some(({ name }) => names(name)))
  )
}

/**
 * Triggers by their names; by their texts only where the server keeps those of the author. Those of what goes go with it, but for one that
 * names another table or a column that goes, which could be dropped first.
 */
export function* dropTriggers(composition: Composition): Steps {
  const storesOriginalText = composition.dialect.capabilities.storedTexts !== 'rewritten'
  for (const [key, { name, table, definition }] of composition.model.triggers) {
    const desired = composition.to.triggers.get(key)
    const owner = tableKey(table)
    const names = mayName(definition)
    const isOwnerRemoved = !composition.to.tables.has(owner) && !composition.to.views.has(owner)
    const isRetyped = retyped(composition.differences.get(tableKey(table))?.changed ?? []).some(names)
    const readsRemoved = isRetyped || readsRemovedObjects(composition, owner, names)
    if (isOwnerRemoved && !readsRemoved) continue
    const hasSameText = desired !== undefined && expressionText(desired.definition) === expressionText(definition)
    // A text that is not compared is still another one where it reads what goes.
    const stays = hasSameText || (desired !== undefined && !storesOriginalText && !readsRemoved)
    if (!stays) yield { kind: 'dropTrigger', table, trigger: name }
  }
}

export function* createTriggers(composition: Composition): Steps {
  for (const [key, trigger] of composition.to.triggers) {
    if (!composition.model.triggers.has(key)) yield { kind: 'createTrigger', trigger }
  }
}

export function* createExtensions(composition: Composition): Steps {
  for (const extension of composition.to.extensions) {
    if (!composition.model.extensions.includes(extension))
      yield extensionCreation(composition.to, extension, new Set(composition.model.schemas))
  }
}

export function* dropExtensions(composition: Composition): Steps {
  for (const extension of composition.model.extensions) {
    if (!composition.to.extensions.includes(extension)) yield { kind: 'dropExtension', extension }
  }
}
