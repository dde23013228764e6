import { relative, resolve, sep } from 'node:path'
import type { RenderType } from '@org/migrate-autogenerate'

function rebased(module: string, from: string, to: string): string {
  if (!/^\.\.?\//.test(module)) return module
  const path = relative(to, resolve(from, module)).replaceAll(sep, '/')
  return path.startsWith('.') ? path : `./${path}`
}

/** The types of a project for a file in another folder than its revisions: what they import by a relative path is elsewhere from there. */
export function rebasedTypes(renderType: RenderType, revisions: string, folder: string): RenderType {
  return (type) => {
    const own = renderType(type)
    if (own === undefined) return undefined
    const imports = Object.entries(own.imports).map(([module, names]) => [rebased(module, revisions, folder), names])
    return { ...own, imports: Object.fromEntries(imports) }
  }
}
