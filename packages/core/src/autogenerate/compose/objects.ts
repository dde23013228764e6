import { canonicalJson } from '../../model/canonical.ts'
import { findColumn, findTable, refText, tableKey } from '../../model/edit.ts'
import { expressionText } from '../../model/expression-text.ts'
import type { ColumnModel, EnumModel, SchemaModel, SequenceModel, TableRef } from '../../model/schema-model.ts'
import type { OperationOf, SequenceChange } from '../../operations/operation.ts'
import { mayName } from '../view-order.ts'
import { emit, type Work } from './work.ts'

type Added = NonNullable<OperationOf<'alterEnum'>['add']>

/** New values, each in front of the next one that is there already. */
function addedValues(stood: readonly string[], wanted: readonly string[]): Added {
  const known = new Set(stood)
  return wanted.flatMap((value, at) => {
    if (known.has(value)) return []
    const before = wanted.slice(at + 1).find((later) => known.has(later))
    return [before === undefined ? { value } : { value, before }]
  })
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null)

/** Brings the values of an enum from what they are to what was declared. Renames have been made. */
export function changeEnum(work: Work, stood: EnumModel, wanted: EnumModel): void {
  if (same(stood.values, wanted.values)) return
  const add = addedValues(stood.values, wanted.values)
  const gone = stood.values.filter((value) => !wanted.values.includes(value))
  const kept = stood.values.filter((value) => wanted.values.includes(value))
  const order = wanted.values.filter((value) => stood.values.includes(value))
  const answers = new Map(gone.map((value) => [value, replacement(work, stood, value)]))
  emit(
    work,
    {
      kind: 'alterEnum',
      enum: wanted.ref,
      ...(add.length === 0 ? {} : { add }),
      ...(gone.length === 0
        ? {}
        : {
            drop: gone.map((value) => {
              const replaceBy = answers.get(value)
              return replaceBy === undefined ? { value } : { value, replaceBy }
            }),
          }),
      ...(same(kept, order) ? {} : { order: wanted.values }),
    },
    gone.length === 0
      ? {}
      : {
          loses: `which rows had ${gone.map((value) => `'${value}'`).join(', ')} of ${refText(wanted.ref)}`,
          replacements: gone.filter((value) => answers.get(value) === undefined),
        },
  )
}

/** The value that was said for rows that hold one that goes: as SQL, so that all answers look alike. */
function replacement(work: Work, { ref }: EnumModel, value: string): string | undefined {
  const said = work.fill({ table: ref, column: '', where: { is: 'value', value } })
  return said === undefined ? undefined : said.replace(/^'([\s\S]*)'$/, '$1').replaceAll("''", "'")
}

export function enums(work: Work): void {
  for (const [key, wanted] of work.to.enums) {
    const stood = work.model.enums.get(key)
    if (stood === undefined) emit(work, { kind: 'createEnum', enum: wanted })
    else changeEnum(work, stood, wanted)
  }
}

export function dropEnums(work: Work): void {
  for (const [key, { ref }] of work.model.enums)
    if (!work.to.enums.has(key)) emit(work, { kind: 'dropEnum', enum: ref })
}

const usualBounds = { integer16: 15n, integer32: 31n, integer64: 63n } as const

/** A sequence without what the server takes where nothing is said. */
function plain(sequence: SequenceModel): Omit<SequenceModel, 'ref'> {
  const { ref: _, start, increment = '1', minValue, maxValue, type, ...rest } = sequence
  const ascends = !increment.startsWith('-')
  const most = 1n << usualBounds[type ?? 'integer64']
  const [low, high] = ascends ? ['1', String(most - 1n)] : [String(-most), '-1']
  const [least, top] = [minValue ?? low, maxValue ?? high]
  return {
    ...(type === undefined || type === 'integer64' ? {} : { type }),
    ...(start === undefined || start === (ascends ? least : top) ? {} : { start }),
    ...(increment === '1' ? {} : { increment }),
    ...(least === low ? {} : { minValue: least }),
    ...(top === high ? {} : { maxValue: top }),
    ...(rest.cache === undefined || rest.cache === 1 ? {} : { cache: rest.cache }),
    ...(rest.cycle ? { cycle: true } : {}),
    ...(rest.ownedBy === undefined ? {} : { ownedBy: rest.ownedBy }),
  }
}

/** What the declaration says otherwise; `null` for what it says no more. */
function sequenceChange(stood: SequenceModel, wanted: SequenceModel, saysTypes: boolean): SequenceChange {
  const [was, is] = [plain(stood), plain(wanted)]
  const facts = [...new Set([...Object.keys(was), ...Object.keys(is)])] as (keyof SequenceChange)[]
  const said = facts.filter((fact) => saysTypes || (fact !== 'type' && fact !== 'ownedBy'))
  return Object.fromEntries(
    said.flatMap((fact) => (same(was[fact], is[fact]) ? [] : [[fact, is[fact] ?? null] as const])),
  )
}

/**
 * Sequences that are declared and missing, before the columns that take numbers from them; an owner that is not there yet comes
 * afterwards. Those that a new `serial` column brings with it are not made here.
 */
export function createSequences(work: Work, implied: ReadonlySet<string>): void {
  for (const [key, sequence] of work.to.sequences) {
    if (work.model.sequences.has(key) || implied.has(key)) continue
    const { ownedBy, ...free } = sequence
    const column = ownedBy && columnIn(work.model, ownedBy)
    // The sequence of an identity may have the name that this one is to have.
    if (ownedBy !== undefined && column?.identity !== undefined)
      emit(work, { kind: 'alterColumn', ...ownedBy, change: { identity: null } })
    emit(work, { kind: 'createSequence', sequence: column === undefined ? free : sequence })
  }
}

type Owner = NonNullable<SequenceModel['ownedBy']>

function columnIn(model: SchemaModel, { table, column }: Owner): ColumnModel | undefined {
  const found = findTable(model, table)
  return found && findColumn(found, column)
}

export function alterSequences(work: Work, saysTypes: boolean): void {
  for (const [key, wanted] of work.to.sequences) {
    const stood = work.model.sequences.get(key)
    if (stood === undefined) continue
    const change = sequenceChange(stood, wanted, saysTypes)
    if (Object.keys(change).length > 0) emit(work, { kind: 'alterSequence', sequence: wanted.ref, change })
  }
}

/** Defaults that ask a sequence for its next number: the server keeps it as long as one of them does. */
function numberedDefaults({ to }: Work): readonly ((name: string) => boolean)[] {
  return [...to.tables.values()].flatMap(({ columns }) =>
    columns.flatMap(({ default: value }) =>
      value?.kind === 'expression' && /\bnextval\b/i.test(value.sql) ? [mayName(value.sql)] : [],
    ),
  )
}

export function dropSequences(work: Work): void {
  const asks = numberedDefaults(work)
  for (const [key, { ref, ownedBy, increment = '1' }] of work.model.sequences) {
    if (work.to.sequences.has(key) || asks.some((names) => names(ref.name))) continue
    // One that a column owns and takes its numbers from goes with the column, or was looked at with it.
    if (ownedBy !== undefined && work.to.tables.has(tableKey(ownedBy.table))) {
      const table = work.to.tables.get(tableKey(ownedBy.table))
      const column = table?.columns.find(({ name }) => name === ownedBy.column)
      if (column?.default?.kind === 'expression' && column.default.sql.includes(ref.name)) continue
    }
    const identity = ownedBy && columnIn(work.model, ownedBy)?.identity
    const isCarriedOn = Number(identity?.increment ?? 1) > 0 && Number(increment) > 0
    if (ownedBy === undefined || identity === undefined || !isCarriedOn) {
      emit(work, { kind: 'dropSequence', sequence: ref }, { loses: `where the numbers of ${refText(ref)} stood` })
      continue
    }
    // The identity goes on where this stood. Its own sequence gets the usual name, which is free from here on.
    emit(work, { kind: 'dropSequence', sequence: ref })
    const wanted = columnIn(work.to, ownedBy)?.identity
    if (wanted === undefined || wanted.sequence !== undefined || identity.sequence === undefined) continue
    emit(work, { kind: 'alterColumn', ...ownedBy, change: { identity: { ...wanted, sequence: null } } })
  }
}

/** Whether a text names a table that goes, other than its own, or a table together with a column that it loses. */
function readsWhatGoes(work: Work, owner: string, names: (name: string) => boolean): boolean {
  const isNamed = ({ ref }: { readonly ref: TableRef }): boolean => names(ref.name)
  return (
    [...work.model.tables].some(([key, table]) => key !== owner && !work.to.tables.has(key) && isNamed(table)) ||
    [...work.differences.values()].some((each) => isNamed(each) && each.gone.some(({ name }) => names(name)))
  )
}

/**
 * Triggers by their names; by their texts only where the server keeps those of the author. Those of what goes go with it, but for one that
 * names another table or a column that goes, which could be dropped first.
 */
export function dropTriggers(work: Work): void {
  const keepsTexts = work.dialect.capabilities.storedTexts !== 'rewritten'
  for (const [key, { name, table, definition }] of work.model.triggers) {
    const wanted = work.to.triggers.get(key)
    const owner = tableKey(table)
    const names = mayName(definition)
    const goes = !work.to.tables.has(owner) && !work.to.views.has(owner)
    const readsGone = readsWhatGoes(work, owner, names)
    if (goes && !readsGone) continue
    const saysSame = wanted !== undefined && expressionText(wanted.definition) === expressionText(definition)
    // A text that is not compared is still another one where it reads what goes.
    const isSame = saysSame || (wanted !== undefined && !keepsTexts && !readsGone)
    if (!isSame) emit(work, { kind: 'dropTrigger', table, trigger: name })
  }
}

export function createTriggers(work: Work): void {
  for (const [key, trigger] of work.to.triggers) {
    if (!work.model.triggers.has(key)) emit(work, { kind: 'createTrigger', trigger })
  }
}

export function createExtensions(work: Work): void {
  for (const extension of work.to.extensions) {
    if (!work.model.extensions.includes(extension)) emit(work, { kind: 'createExtension', extension })
  }
}

export function dropExtensions(work: Work): void {
  for (const extension of work.model.extensions) {
    if (!work.to.extensions.includes(extension)) emit(work, { kind: 'dropExtension', extension })
  }
}
