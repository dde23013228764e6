import { type DeclaredSchema, isMigrateError } from '@org/migrate-core'
import { counted, refText, type SchemaModel, type Session, someOf } from '@org/migrate-core/dialect'
import {
  type BookkeepingInspection,
  declaredInOwnSchema,
  inOwnSchema,
  type ReplayResult,
  type ResolvedOptions,
  replayAll,
  replayApplied,
  type TierGraph,
  wholeSchema,
} from '@org/migrate-core/internal'
import { diffSchemas } from '../compare/diff.ts'
import {
  adoptRemedy,
  featuresOfRevisions,
  hasOwnHistory,
  type LiveSchema,
  partOfRevisions,
  schemasSpokenOf,
  spelledByFiles,
  takesPart,
  whyUnadopted,
} from '../compare/sources.ts'
import { unmodelledDifferences, unreplayedNotes } from '../compare/unmodelled.ts'
import { differenceLines } from '../differences/change.ts'
import { filterDeclared, filterSchema, withoutOpaque } from '../differences/filter.ts'
import { materialise } from '../differences/materialise.ts'
import { spelledAs } from '../differences/spelled-as.ts'
import { opaqueBefore, withoutNamed } from './opaque-differences.ts'
import type { CheckFinding, CheckOptions } from './types.ts'
import { unmodelledFindings } from './unmodelled-findings.ts'

const mostNamed = 3

const opaqueText = (revisions: readonly string[]): string =>
  `${someOf(revisions, mostNamed)} made something by SQL that does not say what.`

const declareEffects = 'Declare the `effects` of that SQL, and check again.'

type ComparisonKind = 'model' | 'drift'

const notCompared: { readonly [C in ComparisonKind]: Pick<CheckFinding, 'kind' | 'what'> } = {
  model: { kind: 'model not compared', what: 'The declared schema was not compared' },
  drift: { kind: 'drift not compared', what: 'The database was not compared with its revisions' },
}

function incomparableFinding(about: ComparisonKind, why: string, next: string): CheckFinding {
  const { kind, what } = notCompared[about]
  return { kind, level: 'information', revisions: [], what: `${what}: ${why}`, next }
}

function notesOf(notes: readonly string[]): readonly CheckFinding[] {
  return notes.map((note) => ({
    kind: 'schema note',
    level: 'information',
    revisions: [],
    what: note,
    next: 'No action is needed: this is what the comparison left out.',
  }))
}

/** A declared policy must not look like one that the database has. */
function notComparedOf(notes: readonly string[]): readonly CheckFinding[] {
  if (notes.length === 0) return []
  const count = notes.length === 1 ? '1 declaration is' : `${notes.length} declarations are`
  return [
    {
      ...notCompared.model,
      level: 'problem',
      revisions: [],
      what: `${count} not compared with the database, and no generated revision makes what they declare.`,
      next: 'Create it with op.sql() in a revision, and remove it from the declaration that is checked.',
      differences: notes,
    },
  ]
}

/** What was changed by hand is there already: on this database the revision that makes it is recorded, not run. */
const hotfix =
  'Undo the change, or keep it: write a revision that makes it (`migrate revision --autogenerate --from replay` where a schema is declared), apply all revisions before it to this database, run `migrate stamp <revision>` here, and `migrate upgrade` on the other databases.'

const declareRemaining =
  'Declare what you want to keep. Then `migrate revision --autogenerate` writes a revision of these differences: it adds what is missing, and drops what is not declared.'

const unmadeTable = /^table (\S+) is not expected$/

/** A table that nothing here makes may be that of another program on this database, which no revision may drop. */
function excludeUnmade(differences: readonly string[]): string {
  const name = differences.map((line) => unmadeTable.exec(line)?.[1]).find((each) => each !== undefined)
  return name === undefined ? '' : ` Where another program makes ${name}, name it in \`autogenerate.exclude\`.`
}

/** Runs a comparison; what keeps it from being made is a finding of its own. */
async function compareOrReport(
  about: ComparisonKind,
  resolved: ResolvedOptions,
  graphs: readonly TierGraph[],
  work: () => Promise<readonly CheckFinding[]>,
): Promise<readonly CheckFinding[]> {
  try {
    return await work()
  } catch (error) {
    if (!isMigrateError(error) || ['ABORTED', 'CONNECTION_LOST', 'DATABASE_UNREACHABLE'].includes(error.code))
      throw error
    const opaque = await opaqueBefore(error, resolved, graphs)
    if (opaque.length > 0) return [incomparableFinding(about, opaqueText(opaque), declareEffects)]
    return [{ ...incomparableFinding(about, error.message, error.remedy), level: 'problem' }]
  }
}

/** Revisions state all options of their views: one that no revision gave was given by hand. */
function withStatedOptions(schema: SchemaModel): SchemaModel {
  const views = [...schema.views].map(([key, view]) => [key, { ...view, options: view.options ?? {} }] as const)
  return { ...schema, views: new Map(views) }
}

/**
 * With the views as they are in the database whose texts the revisions leave uncertain, since something that they read was renamed:
 * of these only that they exist is compared.
 */
function withUncertainViews(schema: SchemaModel, live: SchemaModel): SchemaModel {
  const views = [...schema.views].map(
    ([key, view]) => [key, view.source === '' ? (live.views.get(key) ?? view) : view] as const,
  )
  return { ...schema, views: new Map(views) }
}

const uncertainViewNotes = ({ views }: SchemaModel): readonly string[] =>
  [...views.values()].flatMap(({ ref, source }) =>
    source === ''
      ? [
          `The definition of view ${refText(ref)} was not compared: something that it reads was renamed after it was created. A revision that drops the view and creates it with its new text makes it comparable.`,
        ]
      : [],
  )

/** The schema of the database, which is read once for all comparisons of a check: only these schemas of it, where the rest takes part in none. */
export type ReadLive = (schemas?: Iterable<string>) => Promise<LiveSchema>

/** A database that another tool has migrated, or that has tables that no revision has made, before it was taken over. */
export async function adoptionFindings(
  resolved: ResolvedOptions,
  readLive: ReadLive,
  { present, empty }: BookkeepingInspection,
  options: CheckOptions,
): Promise<readonly CheckFinding[]> {
  if (empty || hasOwnHistory(resolved, present)) return []
  const { schema, tools } = await readLive()
  const what = whyUnadopted({ schema: filterSchema(schema, takesPart(resolved, options, [])), tools })
  return what === undefined ? [] : [{ kind: 'not adopted', level: 'problem', revisions: [], what, next: adoptRemedy }]
}

/** What the applied revisions make beside what is there. */
export function driftFindings(
  resolved: ResolvedOptions,
  readLive: ReadLive,
  graphs: readonly TierGraph[],
  options: CheckOptions,
): Promise<readonly CheckFinding[]> {
  return compareOrReport('drift', resolved, graphs, async () => {
    const { dialect } = resolved
    const lost = graphs.flatMap(({ tier, unknown }) => (tier.kind === 'graph' ? unknown : []))
    if (lost.length > 0) {
      return [incomparableFinding('drift', `no file has ${lost.join(', ')}.`, 'Check with the release that has it.')]
    }
    const { schema: replayed, opaque } = await replayApplied(dialect, graphs)
    const schema = inOwnSchema(replayed, dialect.model.ownSchema)
    const { schemas, keep } = partOfRevisions(resolved, options, schema)
    const introspected = (await readLive(options.include === undefined ? schemas : undefined)).schema
    const live = filterSchema(spelledAs(dialect, introspected, schema), keep)
    const expected = filterSchema(schema, keep)
    const { changes, ...diff } = await diffSchemas({
      dialect,
      from: live,
      to: {
        ...wholeSchema(withStatedOptions(withUncertainViews(expected, live))),
        supportedFeatures: featuresOfRevisions,
      },
      answers: { none: true },
      ...(dialect.shadow === undefined ? {} : { materialise: (part) => materialise(dialect, part) }),
    })
    const all = differenceLines(dialect, live, changes)
    const notes = [...diff.notes, ...uncertainViewNotes(expected)]
    if (all.length === 0) return notesOf(notes)
    const hidden = opaque.length > 0
    const differences = hidden ? await withoutNamed(resolved, graphs, opaque, all, live) : all
    if (differences.length === 0)
      return [incomparableFinding('drift', opaqueText(opaque), declareEffects), ...notesOf(notes)]
    const differs = `The database differs from what its revisions make: ${counted(differences.length, 'difference')}.`
    const what = hidden ? `${differs} ${opaqueText(opaque)}` : differs
    const next = hidden ? declareEffects : hotfix + excludeUnmade(differences)
    return [
      { kind: 'drift', level: hidden ? 'information' : 'problem', revisions: [], what, next, differences },
      ...notesOf(notes),
    ]
  })
}

interface ComparisonSide {
  readonly schema: ReplayResult['schema']
  /** Begins the finding: `The database differs`. */
  readonly claim: string
  readonly isReplay: boolean
  readonly graphs: readonly TierGraph[]
}

async function modelDiffers(
  resolved: ResolvedOptions,
  declared: DeclaredSchema,
  { graphs, isReplay, ...side }: ComparisonSide,
  options: CheckOptions,
  usesServer: boolean,
): Promise<readonly CheckFinding[]> {
  const { dialect } = resolved
  const own = declaredInOwnSchema(declared, dialect.model.ownSchema)
  const schema = inOwnSchema(side.schema, dialect.model.ownSchema)
  const spoken = isReplay
    ? [...own.schema.schemas, ...schema.schemas]
    : await schemasSpokenOf(dialect, own, schema, async () => graphs)
  const keep = takesPart(resolved, options, spoken)
  const actual = filterSchema(schema, keep)
  const { changes, notes } = await diffSchemas({
    dialect,
    from: actual,
    to: filterDeclared(own, keep),
    fromAuthors: isReplay,
    answers: { none: true },
    ...(usesServer && dialect.shadow !== undefined ? { materialise: (part) => materialise(dialect, part) } : {}),
  })
  const differences = differenceLines(dialect, actual, changes)
  const declaredOnly = new Set(declared.notes)
  const remarkFindings = [...notComparedOf(declared.notes), ...notesOf(notes.filter((note) => !declaredOnly.has(note)))]
  if (differences.length === 0) return remarkFindings
  const next = isReplay ? declareRemaining : declareRemaining + excludeUnmade(differences)
  return [
    {
      kind: 'model differs',
      level: 'problem',
      revisions: [],
      what: `${side.claim} from the declared schema: ${counted(differences.length, 'difference')}.`,
      next,
      differences,
    },
    ...remarkFindings,
  ]
}

/** The declared schema beside the database, which has to be at the head for that. */
export function modelFindings(
  resolved: ResolvedOptions,
  session: Session,
  readLive: ReadLive,
  graphs: readonly TierGraph[],
  declared: DeclaredSchema,
  options: CheckOptions,
): Promise<readonly CheckFinding[]> {
  return compareOrReport('model', resolved, graphs, async () => {
    const live = await readLive()
    const { schema, opaque } = await spelledByFiles(resolved.dialect, live, async () => graphs, declared)
    const comparable = withoutOpaque(declared, opaque)
    const side = { schema, claim: 'The database differs', isReplay: false, graphs }
    return [
      ...(await modelDiffers(resolved, comparable.declared, side, options, true)),
      ...unmodelledFindings(side.claim, await unmodelledDifferences(resolved.dialect, session, live.schema, declared)),
      ...notesOf(comparable.notes),
    ]
  })
}

/** The declared schema beside what all revisions make. */
export function modelOfFilesFindings(
  resolved: ResolvedOptions,
  graphs: readonly TierGraph[],
  declared: DeclaredSchema,
  options: CheckOptions,
  usesServer: boolean,
): Promise<readonly CheckFinding[]> {
  return compareOrReport('model', resolved, graphs, async () => {
    const { schema, opaque } = await replayAll(resolved.dialect, graphs)
    const side = { schema, claim: 'What the revisions make differs', isReplay: true, graphs }
    const findings = [
      ...(await modelDiffers(resolved, declared, side, options, usesServer)),
      ...notesOf(unreplayedNotes(declared)).map((each) => ({ ...each, kind: notCompared.model.kind })),
    ]
    if (opaque.length === 0) return findings
    return [...findings, incomparableFinding('model', opaqueText(opaque), declareEffects)]
  })
}

export const notAtHead = incomparableFinding(
  'model',
  'the database is not at the head.',
  'Run `migrate upgrade` first, or compare with what the revisions make: `migrate check --from replay`.',
)
