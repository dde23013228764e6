import { coversOf, type DeclaredSchema, isDeclaredSchema, madeNameKey } from '../declare/declared-schema.ts'
import type { Dialect } from '../dialect/dialect.ts'
import {
  holding,
  isDialect,
  isFlag,
  isFunction,
  isText,
  isTexts,
  listOf,
  type OptionChecks,
  requireOptions,
  shaped,
} from '../errors/option-check.ts'
import { findTable, refText, tableKey } from '../model/edit.ts'
import { isSchemaModel } from '../model/model-check.ts'
import type { SchemaModel, TableModel } from '../model/schema-model.ts'
import { asServer, partOf, type Realise, settled, withOthers, withoutImplied } from './against.ts'
import type { Change } from './change.ts'
import { compose } from './compose/compose.ts'
import type { ViewDifference } from './compose/views.ts'
import type { FillAnswer, Work } from './compose/work.ts'
import { impliedSequences, withOwnedSequences } from './implied-sequences.ts'
import { type NamesBefore, nameBefore } from './name-before.ts'
import { openAnswers, type RenameAnswers, type RenameCandidate } from './renames/answers.ts'
import { type Renaming, settleRenames } from './renames/settle-renames.ts'
import { type Declared, isEqual, type TableDifference, tableDifference } from './table-difference.ts'
import { textDoubts } from './text-doubts.ts'
import { withUnsaid } from './unsaid.ts'
import { viewDifferences, viewSuspects } from './view-differences.ts'
import { withoutComments } from './without-comments.ts'

export interface DiffRequest {
  /** As the server of both sides speaks it. */
  readonly dialect: Dialect
  /** What is there: read from a database, or the replay of revisions. */
  readonly from: SchemaModel
  /** What is to be there. */
  readonly to: DeclaredSchema
  /** Asks a server what it makes of a schema; absent: what looks different in normal form is different. */
  readonly realise?: Realise
  /** `from` is in the words of its authors, and not as a server shows it. Default false. */
  readonly fromAuthors?: boolean
  readonly answers?: RenameAnswers
  readonly fill?: FillAnswer
}

const diffChecks: OptionChecks<DiffRequest> = {
  dialect: isDialect,
  from: isSchemaModel,
  to: isDeclaredSchema,
  realise: isFunction,
  fromAuthors: isFlag,
  answers: shaped({
    renamed: listOf(holding<{ from: string; to: string }>({ from: isText, to: isText })),
    dropped: isTexts,
    none: isFlag,
    ask: isFunction,
  }),
  fill: isFunction,
}

export interface Diff {
  /** What leads from one to the other, in the order to run; empty while questions are open. */
  readonly changes: readonly Change[]
  /** Pairs that may be renames and that nobody answered. */
  readonly open: readonly RenameCandidate[]
  /** What is worth knowing and no difference: another order of columns, what could not be compared. */
  readonly notes: readonly string[]
}

interface Comparing extends Pick<DiffRequest, 'dialect' | 'realise'> {
  readonly declared: DeclaredSchema
  /** The declaration with what it cannot say as it stands. */
  readonly said: SchemaModel
  readonly model: SchemaModel
  readonly before: NamesBefore
  readonly fromAuthors: boolean
  readonly notes: string[]
}

/**
 * A name that a tool made follows a rename where the old one stands: what is made of the declaration has the new one, and the old one
 * is that of the next column that is called so.
 */
function follows({ before }: Comparing, declared: TableModel, found: TableModel, name: string): boolean {
  const old = nameBefore(before, declared, name)
  return old !== undefined && [...found.constraints, ...found.indexes].some((part) => part.name === old)
}

function difference(comparing: Comparing, own: Declared, found: TableModel): TableDifference {
  const { dialect, declared, said, model } = comparing
  const isMade = (name: string): boolean =>
    declared.madeNames.has(madeNameKey(own.raw.ref, name)) && !follows(comparing, own.raw, found, name)
  return tableDifference(dialect, own, found, { declared: said, found: model }, isMade)
}

const pairs = ({ said, model }: Comparing): readonly (readonly [string, TableModel, TableModel])[] =>
  [...said.tables].flatMap(([key, table]) => {
    const found = model.tables.get(key)
    return found === undefined ? [] : [[key, table, found] as const]
  })

/** The tables that do not look the same at once, without asking anybody. */
function suspectsOf(comparing: Comparing): ReadonlySet<string> {
  return new Set(
    pairs(comparing).flatMap(([key, table, found]) => {
      const declared = { raw: table, settled: table, expected: table }
      return isEqual(difference(comparing, declared, found)) ? [] : [key]
    }),
  )
}

interface Sides {
  /** The declaration with the names that the server gives. */
  readonly settled: SchemaModel
  /** As the server shows it, where it was asked. */
  readonly expected: SchemaModel
  /** What is there, as the server shows it. */
  readonly found: SchemaModel
  readonly asked: boolean
}

async function sidesOf(
  comparing: Comparing,
  suspects: ReadonlySet<string>,
  views: readonly ViewDifference[],
): Promise<Sides> {
  const { dialect, realise, said, model, fromAuthors, notes } = comparing
  const part = withoutImplied(
    dialect,
    partOf(
      said,
      suspects,
      views.flatMap(({ wanted }) => wanted ?? []),
    ),
  )
  const own = settled(dialect, part)
  const note = (line: string): void => {
    notes.push(line)
  }
  const nothing = suspects.size === 0 && views.length === 0
  const expected = nothing ? undefined : await asServer(part, realise, note)
  if (expected === undefined) return { settled: own, expected: own, found: model, asked: false }
  if (!fromAuthors) return { settled: own, expected, found: model, asked: true }
  const stood = partOf(
    model,
    suspects,
    views.flatMap(({ stood }) => stood ?? []),
  )
  const found = await asServer(stood, realise, note)
  return { settled: own, expected, found: found ?? model, asked: found !== undefined }
}

/** Compares a table as it is, or will be, with its declaration; undefined where there is none. */
function compareTable(comparing: Comparing, sides: Sides, found: TableModel): TableDifference | undefined {
  const key = tableKey(found.ref)
  const raw = comparing.said.tables.get(key)
  if (raw === undefined) return undefined
  const own = sides.settled.tables.get(key) ?? raw
  const declared = { raw, settled: own, expected: sides.expected.tables.get(key) ?? own }
  return difference(comparing, declared, found)
}

function differencesOf(
  comparing: Comparing,
  suspects: ReadonlySet<string>,
  sides: Sides,
): ReadonlyMap<string, TableDifference> {
  const { notes } = comparing
  const differences = new Map<string, TableDifference>()
  for (const [key, raw, stood] of pairs(comparing)) {
    if (!suspects.has(key)) continue
    const difference = compareTable(comparing, sides, sides.found.tables.get(key) ?? stood)
    if (difference === undefined) continue
    if (difference.reordered)
      notes.push(`The columns of ${refText(raw.ref)} stand in another order, which is left as it is.`)
    if (!isEqual(difference)) differences.set(refText(raw.ref), difference)
  }
  return differences
}

function withSequences(dialect: Dialect, said: SchemaModel): SchemaModel {
  const implied = impliedSequences(dialect, said.tables.values())
  return implied.size === 0 ? said : { ...said, sequences: new Map([...implied, ...said.sequences]) }
}

function saidOf(dialect: Dialect, declared: DeclaredSchema, model: SchemaModel): SchemaModel {
  const tables = new Map(
    [...declared.schema.tables].map(([key, table]) => {
      const found = findTable(model, table.ref)
      return [key, found === undefined ? table : withUnsaid(table, found, coversOf(declared, table.ref))] as const
    }),
  )
  const others = withOthers(declared, { ...declared.schema, tables }, model)
  return withSequences(dialect, withOwnedSequences(dialect, others, model))
}

/** The sequences that new columns bring with them: they are not there yet, and nobody has to make them. */
function comingSequences(dialect: Dialect, said: SchemaModel, model: SchemaModel): ReadonlySet<string> {
  const tables = [...said.tables].map(([key, table]): TableModel => {
    const known = new Set(model.tables.get(key)?.columns.map(({ name }) => name))
    const columns = table.columns.filter(({ name }) => !known.has(name))
    return { ...table, columns, constraints: [], indexes: [] }
  })
  return new Set(
    impliedSequences(
      dialect,
      tables.filter(({ columns }) => columns.length > 0),
    ).keys(),
  )
}

/** Where enums are no objects of their own the values stand in their columns: the name is for databases that have such types. */
function withoutEnumTypes({ capabilities }: Dialect, declared: DeclaredSchema): DeclaredSchema {
  if (capabilities.schemas || declared.schema.enums.size === 0) return declared
  return { ...declared, schema: { ...declared.schema, enums: new Map() } }
}

/**
 * What leads from a schema as it is to one as it was declared. Compares in two stages: in the normal form of the dialect, which may
 * call equal things different and never different things equal; then, for what looks different, as the server shows both.
 *
 * Throws INVALID_OPTION for an answer that fits nothing; what the dialect throws for what it has no word for; what the server says of
 * a declaration that it does not take.
 */
export async function diffSchemas(request: DiffRequest): Promise<Diff> {
  requireOptions('diffSchemas', request, diffChecks, ['dialect', 'from', 'to'])
  const { dialect, from, answers = {}, fill = () => undefined } = request
  const to = withoutComments(dialect, withoutEnumTypes(dialect, request.to))
  const notes = [...to.notes]
  const book = openAnswers(answers)
  const first = withOthers(to, to.schema, from)
  const renaming: Renaming = await settleRenames(dialect, from, first, book)
  if (renaming.open.length > 0) return { changes: [], open: renaming.open, notes }
  book.close(renaming.known)
  const { model } = renaming
  const said = saidOf(dialect, to, model)
  const comparing: Comparing = {
    dialect,
    ...(request.realise === undefined || dialect.capabilities.storedTexts !== 'rewritten'
      ? {}
      : { realise: request.realise }),
    declared: to,
    said,
    model,
    before: renaming.before,
    fromAuthors: request.fromAuthors ?? false,
    notes,
  }
  const suspects = suspectsOf(comparing)
  const viewsOpen = viewSuspects(comparing)
  const sides = await sidesOf(comparing, suspects, viewsOpen)
  const work: Work = {
    dialect,
    fill,
    to: said,
    differences: differencesOf(comparing, suspects, sides),
    renamedValues: renaming.values,
    before: renaming.before,
    start: from,
    model,
    changes: renaming.operations.map((operation) => ({ kind: 'operation', operation })),
    checks: [],
  }
  const changes = compose(work, {
    fresh: [...said.tables].flatMap(([key, table]) => (model.tables.has(key) ? [] : [table])),
    views: viewDifferences(comparing, viewsOpen, sides),
    implied: comingSequences(dialect, said, model),
    saysSequenceTypes: to.covers.sequenceTypes,
    compare: (table) => compareTable(comparing, sides, table),
  })
  const isDoubtful = request.realise === undefined && dialect.capabilities.storedTexts === 'rewritten'
  return { changes, open: [], notes: isDoubtful ? [...notes, ...textDoubts(changes)] : notes }
}
