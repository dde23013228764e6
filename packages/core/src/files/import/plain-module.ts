import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type ModuleExports = Readonly<Record<string, unknown>>

export const formMark = '\n// form '

const modules = new Map<string, ModuleExports>()

/** Imports a module that was compiled: as a function where it has that form, else as Node does. */
export async function importCompiledModule(url: string): Promise<ModuleExports> {
  const known = modules.get(url)
  if (known !== undefined) return known
  const file = url.startsWith('file:') ? fileURLToPath(url) : undefined
  const code = file === undefined ? '' : readFileSync(file, 'utf8')
  if (file !== undefined && code.includes(formMark)) {
    const { evaluate } = await import('./plain-form.ts')
    const evaluated = await evaluate(file, code)
    if (evaluated !== undefined) {
      modules.set(url, evaluated)
      return evaluated
    }
  }
  return (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as ModuleExports
}
