import type { CompileTable, DialectCompiler, OperationAround } from '../dialect/compiler.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { OperationKind } from '../operations/operation.ts'

export interface NameRules {
  /** The names of a model in their spaces, each as one text. */
  namesIn(model: SchemaModel): Iterable<string>
  /**
   * The names that an operation gives, as `namesIn` writes them. Throws where something else has one of them. What `isUsed` does not know is
   * free, and that is nearly every name: the model need not be searched for it.
   */
  requireFree(at: OperationAround, isUsed: (name: string) => boolean): readonly string[]
}

/** The names that were there at any time since the first model of a plan, in the order in which they came: of a model those before `end`. */
interface UsedNames {
  readonly positions: Map<string, number>
  readonly end: number
}

const positionsOf = (names: Iterable<string>): Map<string, number> => {
  const positions = new Map<string, number>()
  for (const name of names) if (!positions.has(name)) positions.set(name, positions.size)
  return positions
}

/**
 * The same compiler, which refuses the names that are not free, as the server would in the run. The names of a large schema are collected once
 * for a plan: each model has those of the one before it and what its operation gave.
 */
export function withFreeNames(compiler: DialectCompiler, rules: NameRules): DialectCompiler {
  const used = new WeakMap<SchemaModel, UsedNames>()
  const namesIn = (model: SchemaModel): UsedNames => {
    const positions = positionsOf(rules.namesIn(model))
    const names = { positions, end: positions.size }
    used.set(model, names)
    return names
  }
  const requireFree = (at: OperationAround): void => {
    const { positions, end } = used.get(at.before) ?? namesIn(at.before)
    // What is compiled once more, for the run, finds in `positions` what came later in its plan.
    const given = rules.requireFree(at, (name) => (positions.get(name) ?? end) < end)
    let next = end
    for (const name of given) {
      if (!positions.has(name)) positions.set(name, positions.size)
      next = Math.max(next, (positions.get(name) ?? 0) + 1)
    }
    used.set(at.after, { positions, end: next })
  }
  const { table, batch } = compiler
  const checked = ([kind, compile]: [string, CompileTable[OperationKind]]) => {
    const compileChecked = (at: OperationAround<'createTable'>) => {
      requireFree(at as OperationAround)
      return (compile as CompileTable['createTable'])(at)
    }
    return [kind, compileChecked] as const
  }
  return {
    ...compiler,
    table: Object.fromEntries(Object.entries(table).map(checked)) as unknown as CompileTable,
    ...(batch === undefined
      ? {}
      : {
          batch: {
            ...batch,
            compile: (operations: readonly OperationAround[]) => {
              operations.forEach(requireFree)
              return batch.compile(operations)
            },
          },
        }),
  }
}
