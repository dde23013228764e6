import { call, string, verbatimCode } from './code.ts'
import type { CoreName, RenderType, Writing } from './imports.ts'

/** What writing a file gathers. */
export interface Gathered {
  readonly imports: Set<CoreName>
  readonly ownModules: Map<string, Set<string>>
  readonly gaps: string[]
  readonly renderType: RenderType
}

export function writingOf({ imports, ownModules, gaps, renderType }: Gathered): Writing {
  const uses = (name: CoreName): CoreName => {
    imports.add(name)
    return name
  }
  return {
    uses,
    ownType(type) {
      const own = renderType(type)
      if (own === undefined) return undefined
      for (const [module, names] of Object.entries(own.imports)) {
        ownModules.set(module, new Set([...(ownModules.get(module) ?? []), ...names]))
      }
      return verbatimCode(own.code)
    },
    fillIn(what) {
      gaps.push(what)
      return call(uses('toFillIn'), [string(what)])
    },
  }
}
