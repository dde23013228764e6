import { readResolvedOperations } from '../bookkeeping/resolved-operations.ts'
import type { IntrospectRequest } from '../dialect/introspection.ts'
import type { Session } from '../dialect/session.ts'
import type { BookkeepingInspection } from '../history/inspect-bookkeeping.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { loadParts, type UnloadedOptions } from '../options/resolve-options.ts'
import { requestOf } from './forecast.ts'
import { type ExecutableStep, prepareStep } from './prepare.ts'
import type { Route } from './route.ts'

interface ExecutableSteps {
  readonly steps: readonly ExecutableStep[]
  readonly request: IntrospectRequest
}

/** The steps of a route, recorded, and what they name of a database. */
export async function prepareRoute(
  resolved: UnloadedOptions,
  session: Session,
  inspection: BookkeepingInspection,
  route: Route,
): Promise<ExecutableSteps> {
  const { dialect, names } = await loadParts(resolved)
  const hasHistory = inspection.present.has(names.history)
  const isOutdated = inspection.outdated.has(names.history)
  const resolvedOperations = async (tier: string, revision: string) =>
    hasHistory ? readResolvedOperations(dialect, names, session, { tier, revision, isOutdated }) : undefined
  const steps: ExecutableStep[] = []
  const context = {
    dialect,
    preserves: resolved.preserve.upgrades,
    tiers: route.tiers,
    resolvedOperations,
    replays: new Map<string, SchemaModel>(),
  }
  for (const step of route.steps) steps.push(await prepareStep(context, step))
  return { steps, request: requestOf(steps) }
}
