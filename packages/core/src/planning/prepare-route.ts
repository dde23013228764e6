import { readResolvedOperations } from '../bookkeeping/resolved-operations.ts'
import type { IntrospectRequest } from '../dialect/introspection.ts'
import type { Session } from '../dialect/session.ts'
import { refuseHidden } from '../history/hidden-objects.ts'
import type { BookkeepingInspection } from '../history/inspect-bookkeeping.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { operationsOf } from '../operations/recording.ts'
import { loadParts, type UnloadedOptions } from '../options/resolve-options.ts'
import { requestOf } from './forecast.ts'
import { type ExecutableStep, prepareStep } from './prepare.ts'
import type { Route } from './route.ts'

interface ExecutableSteps {
  readonly steps: readonly ExecutableStep[]
  readonly request: IntrospectRequest
}

/** Besides tables: of what else rows are read, or numbers. */
function createdName(operation: Operation): readonly string[] {
  if (operation.kind === 'createView' || operation.kind === 'replaceView') return [operation.view.ref.name]
  if (operation.kind === 'renameView') return [operation.to]
  return operation.kind === 'createSequence' ? [operation.sequence.ref.name] : []
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
  const request = requestOf(dialect, steps)
  const created = operationsOf(steps.flatMap(({ operations }) => operations)).flatMap(createdName)
  await refuseHidden(session, [...(request.tables ?? []).map(({ name }) => name), ...created])
  return { steps, request }
}
