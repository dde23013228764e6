import type { DeclaredSchema } from '@org/migrate-core'
import {
  type Dialect,
  findTable,
  holding,
  isDialect,
  isFlag,
  isFunction,
  isText,
  type OptionChecks,
  refText,
  requireOptions,
  type SchemaModel,
  shaped,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import {
  generatedNameKey,
  isDeclaredSchema,
  isSchemaModel,
  isTexts,
  listOf,
  supportedFeaturesOf,
} from '@org/migrate-core/internal'
import { compose } from '../compose/compose.ts'
import type { Composition, FillAnswer } from '../compose/composition.ts'
import type { ViewDifference } from '../compose/views.ts'
import type { Change } from '../differences/change.ts'
import {
  canonicalForm,
  type Materialise,
  materialiseIfAllowed,
  partOf,
  withoutImplied,
  withUndeclaredObjects,
} from '../differences/desired-schema.ts'
import { comingSequences, withOwnedSequences, withSequences } from '../differences/implied-sequences.ts'
import { equalTables } from '../differences/literal-equality.ts'
import { type NamesBefore, nameBefore } from '../differences/previous-names.ts'
import { withoutComments } from '../differences/strip-comments.ts'
import { type DeclaredForms, isEqual, type TableDifference, tableDifference } from '../differences/table-difference.ts'
import { textDoubts } from '../differences/text-doubts.ts'
import { withUndeclaredFacts } from '../differences/undeclared-facts.ts'
import { openAnswers, type RenameAnswers, type RenameCandidate } from '../renames/answers.ts'
import { type Renaming, resolveRenames } from '../renames/resolve-renames.ts'
import { viewDifferences, viewSuspects } from './view-differences.ts'

export interface DiffRequest {
  /** As the server of both sides speaks it. */
  readonly dialect: Dialect
  /** What is there: read from a database, or the replay of revisions. */
  readonly from: SchemaModel
  /** What is to be there. */
  readonly to: DeclaredSchema
  /** Asks a server what it makes of a schema; absent: what looks different in normal form is different. */
  readonly materialise?: Materialise
  /** `from` is in the words of its authors, and not as a server shows it. Default false. */
  readonly fromAuthors?: boolean
  readonly answers?: RenameAnswers
  readonly fill?: FillAnswer
}

const diffChecks: OptionChecks<DiffRequest> = {
  dialect: isDialect,
  from: isSchemaModel,
  to: isDeclaredSchema,
  materialise: isFunction,
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
  /** Pairs that may be renames and that have no answer. */
  readonly unanswered: readonly RenameCandidate[]
  /** What is worth knowing and no difference: another order of columns, what could not be compared. */
  readonly notes: readonly string[]
}

interface SchemaComparison extends Pick<DiffRequest, 'dialect' | 'materialise'> {
  readonly declared: DeclaredSchema
  /** The declaration with what it cannot say as it stands. */
  readonly desiredModel: SchemaModel
  readonly model: SchemaModel
  /** The tables that are declared in the very facts that the database shows. */
  readonly equal: ReadonlySet<string>
  readonly before: NamesBefore
  readonly fromAuthors: boolean
  readonly notes: string[]
}

/**
 * A name that a tool made follows a rename where the old one stands: what is made of the declaration has the new one, and the old one
 * is that of the next column that is called so.
 */
function follows({ before }: SchemaComparison, declared: TableModel, actual: TableModel, name: string): boolean {
  const old = nameBefore(before, declared, name)
  return old !== undefined && [...actual.constraints, ...actual.indexes].some((part) => part.name === old)
}

function difference(comparison: SchemaComparison, own: DeclaredForms, actual: TableModel): TableDifference {
  const { dialect, declared, desiredModel, model } = comparison
  const isGenerated = (name: string): boolean =>
    declared.generatedNames.has(generatedNameKey(own.raw.ref, name)) && !follows(comparison, own.raw, actual, name)
  return tableDifference(dialect, own, actual, { declared: desiredModel, actual: model }, isGenerated)
}

const pairs = ({ desiredModel, model }: SchemaComparison): readonly (readonly [string, TableModel, TableModel])[] =>
  [...desiredModel.tables].flatMap(([key, table]) => {
    const actual = model.tables.get(key)
    return actual === undefined ? [] : [[key, table, actual] as const]
  })

/** The tables that do not look the same at once, without asking a server. */
function suspectsOf(comparison: SchemaComparison): ReadonlySet<string> {
  return new Set(
    pairs(comparison).flatMap(([key, table, actual]) => {
      if (comparison.equal.has(key)) return []
      const declared = { raw: table, canonical: table, expected: table }
      return isEqual(difference(comparison, declared, actual)) ? [] : [key]
    }),
  )
}

interface Sides {
  /** The declaration with the names that the server gives. */
  readonly canonical: SchemaModel
  /** As the server shows it, where it was asked. */
  readonly expected: SchemaModel
  /** What is there, as the server shows it. */
  readonly actual: SchemaModel
  readonly isMaterialised: boolean
}

async function sidesOf(
  comparison: SchemaComparison,
  suspects: ReadonlySet<string>,
  views: readonly ViewDifference[],
): Promise<Sides> {
  const { dialect, materialise, desiredModel, model, fromAuthors, notes } = comparison
  const part = withoutImplied(
    dialect,
    partOf(
      desiredModel,
      suspects,
      views.flatMap(({ desired: view }) => view ?? []),
    ),
  )
  const own = canonicalForm(dialect, part)
  const report = (line: string): void => {
    notes.push(line)
  }
  const nothing = suspects.size === 0 && views.length === 0
  const expected = nothing ? undefined : await materialiseIfAllowed(part, materialise, report)
  if (expected === undefined) return { canonical: own, expected: own, actual: model, isMaterialised: false }
  if (!fromAuthors) return { canonical: own, expected, actual: model, isMaterialised: true }
  const currentPart = partOf(
    model,
    suspects,
    views.flatMap(({ current: view }) => view ?? []),
  )
  const actual = await materialiseIfAllowed(currentPart, materialise, report)
  return { canonical: own, expected, actual: actual ?? model, isMaterialised: actual !== undefined }
}

/** Compares a table as it is, or will be, with its declaration; undefined where there is none. */
function compareTable(comparison: SchemaComparison, sides: Sides, actual: TableModel): TableDifference | undefined {
  const key = tableKey(actual.ref)
  const raw = comparison.desiredModel.tables.get(key)
  if (raw === undefined) return undefined
  const own = sides.canonical.tables.get(key) ?? raw
  const declared = { raw, canonical: own, expected: sides.expected.tables.get(key) ?? own }
  return difference(comparison, declared, actual)
}

function differencesOf(
  comparison: SchemaComparison,
  suspects: ReadonlySet<string>,
  sides: Sides,
): ReadonlyMap<string, TableDifference> {
  const { notes } = comparison
  const differences = new Map<string, TableDifference>()
  const reordered: string[] = []
  for (const [key, raw, current] of pairs(comparison)) {
    if (!suspects.has(key)) continue
    const difference = compareTable(comparison, sides, sides.actual.tables.get(key) ?? current)
    if (difference === undefined) continue
    // It never goes away by itself: it is worth a note where the table is changed, and not in every run.
    if (isEqual(difference)) continue
    if (difference.reordered) reordered.push(refText(raw.ref))
    differences.set(tableKey(raw.ref), difference)
  }
  if (reordered.length > 0)
    notes.push(
      `The columns of ${reordered.join(', ')} keep their order in the database, which is not the declared one.`,
    )
  return differences
}

function desiredModelOf(
  dialect: Dialect,
  declared: DeclaredSchema,
  model: SchemaModel,
  equal: ReadonlySet<string>,
): SchemaModel {
  const tables = new Map(
    [...declared.schema.tables].map(([key, table]) => {
      const actual = equal.has(key) ? undefined : findTable(model, table.ref)
      return [
        key,
        actual === undefined ? table : withUndeclaredFacts(table, actual, supportedFeaturesOf(declared, table.ref)),
      ] as const
    }),
  )
  const completed = withUndeclaredObjects(declared, { ...declared.schema, tables }, model)
  const named = withSequences(dialect, withOwnedSequences(dialect, completed, model))
  return dialect.model.alignSequences?.(named, model) ?? named
}

/** Where enums are no objects of their own the values stand in their columns: the name is for databases that have such types. */
function withoutEnumTypes({ capabilities }: Dialect, declared: DeclaredSchema): DeclaredSchema {
  if (capabilities.enumTypes || declared.schema.enums.size === 0) return declared
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
  const first = withUndeclaredObjects(to, to.schema, from)
  const renaming: Renaming = await resolveRenames(dialect, from, first, book)
  if (renaming.unanswered.length > 0) return { changes: [], unanswered: renaming.unanswered, notes }
  book.close(renaming.labels)
  const { model } = renaming
  const equal = equalTables(dialect, to.schema, model)
  const desiredModel = desiredModelOf(dialect, to, model, equal)
  const comparison: SchemaComparison = {
    dialect,
    ...(request.materialise === undefined || dialect.capabilities.storedTexts !== 'rewritten'
      ? {}
      : { materialise: request.materialise }),
    declared: to,
    desiredModel,
    model,
    equal,
    before: renaming.before,
    fromAuthors: request.fromAuthors ?? false,
    notes,
  }
  const suspects = suspectsOf(comparison)
  const suspectViews = viewSuspects(comparison)
  const sides = await sidesOf(comparison, suspects, suspectViews)
  const composition: Composition = {
    dialect,
    fill,
    to: desiredModel,
    differences: differencesOf(comparison, suspects, sides),
    renamedValues: renaming.values,
    before: renaming.before,
    start: from,
    model,
  }
  const renames = renaming.operations.map((operation) => ({ kind: 'operation', operation }) as const)
  const changes = compose(composition, renames, {
    added: [...desiredModel.tables].flatMap(([key, table]) => (model.tables.has(key) ? [] : [table])),
    views: viewDifferences(comparison, suspectViews, sides),
    implied: comingSequences(dialect, desiredModel, model, equal),
    supportsSequenceTypes: to.supportedFeatures.sequenceTypes,
    compare: (table) => compareTable(comparison, sides, table),
  })
  const isDoubtful = request.materialise === undefined && dialect.capabilities.storedTexts === 'rewritten'
  return { changes, unanswered: [], notes: isDoubtful ? [...notes, ...textDoubts(changes)] : notes }
}
