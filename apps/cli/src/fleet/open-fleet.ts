import { resolve } from 'node:path'
import type { Tier } from '@org/migrate-core'
import {
  type Dialect,
  isAnything,
  isRecord,
  isText,
  noDatabase,
  type OptionCheck,
  type OptionChecks,
  present,
  requireArgument,
  requireOptions,
  shaped,
} from '@org/migrate-core/dialect'
import {
  createFleet,
  type Fleet,
  type FleetMember,
  type FleetMemberSource,
  type FleetStage,
  fileMembers,
  queryMembers,
} from '@org/migrate-fleet'
import type { LoadedConfig } from '../configuration/config.ts'
import type { CommandContext } from '../context.ts'
import { dialectFor } from '../dialect-packages.ts'
import { usage } from '../usage.ts'
import { migratorOptionsOf, resolveConnectionTarget } from '../wiring.ts'
import { type ConfiguredStage, type FleetSettings, type MembersQuery, memberOfRow } from './settings.ts'

/** The fleet of the configuration, with what its commands need besides. */
export interface OpenFleet {
  readonly fleet: Fleet
  readonly members: FleetMemberSource
  /** Without stages of its own, it is one that needs no name. */
  readonly hasStages: boolean
  readonly hasShared: boolean
  /** Where the members are files that a pattern finds: the folder that their ids begin at. */
  readonly folderOfFiles?: string
  /** Which tier of the members is meant. */
  readonly tier: Tier
}

const isQuery = (members: FleetSettings['members']): members is MembersQuery =>
  typeof members === 'object' && members !== null && 'query' in members

const queryShape = shaped({ query: isText, url: isText })

/** A URL that a dialect is made of; the rest of it `createFleet` checks. */
const hasTextUrl: OptionCheck = (value) => {
  const whyNone = isRecord(value)
  if (whyNone !== undefined) return whyNone
  const why = isText(Reflect.get(value as object, 'url'))
  return why === undefined ? undefined : `\`url\`: ${why}`
}

/** What `createFleet` takes, too, it checks itself. */
const settingChecks: OptionChecks<FleetSettings> = {
  members: (value) => (isQuery(value as FleetSettings['members']) ? queryShape(value) : undefined),
  state: isText,
  stages: isAnything,
  parallel: isAnything,
  retry: isAnything,
  queue: hasTextUrl,
  template: isAnything,
  shared: shaped({ tier: isText, url: isText }),
}

function requireSettings({ config: { fleet }, file }: LoadedConfig): FleetSettings {
  if (fleet !== undefined) return requireOptions('fleet', fleet, settingChecks, ['members'])
  throw usage(`${file} has no \`fleet\``, 'Say in `fleet.members` which databases there are.')
}

/** Throws USAGE where the configuration has no fleet, and what opening a project throws. Nothing is opened yet. */
export async function openFleet(context: CommandContext): Promise<OpenFleet> {
  const { caller, settings } = context
  const { loaded, tiers, tier } = await context.openFiles()
  const own = requireSettings(loaded)
  const { config, folder, file } = loaded
  const baseUrl = (): string => resolveConnectionTarget(settings, caller, loaded).url
  const { lock, key, driver } = config
  const dialectOf = (url: string, member?: string): Promise<Dialect> =>
    dialectFor({ url, member, schema: undefined, baseDirectory: folder, lock, key, driver }, file)
  const dialect = ({ id, url, schema }: FleetMember): Promise<Dialect> => {
    if (url !== undefined) return dialectOf(url, schema)
    if (schema !== undefined) return dialectOf(baseUrl(), schema)
    throw noDatabase(`the member ${id} has neither \`url\` nor \`schema\``, { from: 'members' })
  }
  const { parallel, retry, shared, queue, template } = own
  // What all machines reach already.
  const ofQueue = own.state === undefined && queue !== undefined
  const state = ofQueue
    ? await dialectOf(queue.url, queue.schema ?? 'migrate_fleet')
    : await dialectOf(own.state ?? `sqlite:///${resolve(folder, '.migrate-fleet.db')}`)
  const controlOf = (url: string | undefined): Promise<Dialect> => dialectOf(url ?? baseUrl())
  const sharedTier = shared && { tier: shared.tier, dialect: await controlOf(shared.url) }
  // A pattern that finds every database beside the configuration would find that of the outcomes, and the one that all members share.
  const except = [state, ...(sharedTier === undefined ? [] : [sharedTier.dialect])].map(
    ({ connection: { database } }) => database,
  )
  const members = await membersOf(own.members, { folder, except }, controlOf)
  const stages = own.stages === undefined ? undefined : await stagesOf(own.stages, controlOf)
  const { onEvent: _, ...options } = migratorOptionsOf(settings, config)
  const fleet = createFleet({
    ...options,
    members,
    dialect,
    tiers,
    state,
    baseDirectory: folder,
    ...present({ stages, parallel, retry, queue, template, shared: sharedTier }),
  })
  return {
    hasStages: stages !== undefined,
    hasShared: shared !== undefined,
    ...{ fleet, members, tier: ofMembers(tiers, tier, shared?.tier, settings.tier) },
    ...(typeof own.members === 'string' ? { folderOfFiles: folder } : {}),
  }
}

/** Without `--tier` the last one that is the members' own. */
function ofMembers(tiers: readonly Tier[], tier: Tier, shared: string | undefined, named: string | undefined): Tier {
  return named === undefined ? (tiers.findLast(({ name }) => name !== shared) ?? tier) : tier
}

const isStage = (stage: unknown): stage is ConfiguredStage => typeof stage === 'object' && stage !== null

/** The queries of gates get their database. */
async function stagesOf(
  stages: readonly ConfiguredStage[],
  controlOf: (url: string | undefined) => Promise<Dialect>,
): Promise<readonly FleetStage[]> {
  // What is no list, `createFleet` refuses.
  if (!Array.isArray(stages)) return stages as never
  return Promise.all(
    stages.map(async (stage: unknown) => {
      const gate = isStage(stage) ? stage.gate : undefined
      if (typeof gate !== 'object' || gate === null || !('query' in gate)) return stage as FleetStage
      const { url, ...query } = gate
      if (url !== undefined) requireArgument('fleet', 'stages[].gate.url', url, isText)
      return { ...(stage as ConfiguredStage), gate: { ...query, dialect: await controlOf(url) } }
    }),
  )
}

async function membersOf(
  members: FleetSettings['members'],
  { folder, except }: { readonly folder: string; readonly except: readonly string[] },
  controlOf: (url: string | undefined) => Promise<Dialect>,
): Promise<FleetMemberSource> {
  if (typeof members === 'string') return fileMembers(members, { baseDirectory: folder, except })
  if (isQuery(members)) return queryMembers(await controlOf(members.url), members.query, memberOfRow)
  return members
}
