import { type Import, type Rule, type Tree, targetOf } from '../tree.ts'

/** The strongly connected parts with more than one file (Tarjan, without recursion). */
function cyclesOf(
  tree: Tree,
  follows: (each: Import) => boolean,
  within: RegExp = /./,
): readonly (readonly string[])[] {
  const next = new Map<string, readonly string[]>()
  for (const file of tree.files.values()) {
    if (!within.test(file.path)) continue
    const targets = file.imports.filter(follows).flatMap(({ specifier }) => targetOf(file, specifier) ?? [])
    next.set(
      file.path,
      targets.filter((target) => tree.files.has(target)),
    )
  }
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const openPaths: string[] = []
  const isOpen = new Set<string>()
  const cycles: (readonly string[])[] = []
  const enter = (path: string): { path: string; at: number } => {
    index.set(path, index.size)
    low.set(path, index.size - 1)
    openPaths.push(path)
    isOpen.add(path)
    return { path, at: 0 }
  }
  const lower = (path: string, to: number): void => {
    low.set(path, Math.min(low.get(path) ?? 0, to))
  }
  for (const start of next.keys()) {
    if (index.has(start)) continue
    const stack = [enter(start)]
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const to = next.get(frame.path)?.[frame.at]
      frame.at += 1
      if (to !== undefined) {
        if (!index.has(to)) stack.push(enter(to))
        else if (isOpen.has(to)) lower(frame.path, index.get(to) ?? 0)
        continue
      }
      stack.pop()
      const above = stack.at(-1)
      if (above !== undefined) lower(above.path, low.get(frame.path) ?? 0)
      if (low.get(frame.path) !== index.get(frame.path)) continue
      const members = openPaths.splice(openPaths.indexOf(frame.path))
      for (const member of members) isOpen.delete(member)
      if (members.length > 1 || next.get(frame.path)?.includes(frame.path)) cycles.push(members.sort())
    }
  }
  return cycles
}

/** Foreign keys of Drizzle go both ways between files, through functions that are called when all of them are loaded. */
const ownFiles = /^(?!test\/autogenerate-real\/schemas\/)/

export const noValueCycles: Rule = (tree) =>
  cyclesOf(tree, ({ kind }) => kind === 'value', ownFiles).map((members) => `${members.join(', ')} import each other`)

/** Types may not go in circles either: two files that need each other's types are one file, or the types have a third place. */
export const noTypeCycles: Rule = (tree) =>
  cyclesOf(tree, ({ kind }) => kind !== 'dynamic', /^(packages|apps)\//).map(
    (members) => `${members.join(', ')} import each other, types counted`,
  )

interface Layer {
  readonly uses: readonly string[]
  /** Layers whose types alone may be named. */
  readonly types?: readonly string[]
}

/**
 * errors ← model ← declare ← operations ← graph ← plan ← compile ← { execute, lint, autogenerate ← adopt, load }. The interfaces of
 * `dialect` stand beside `compile`, and are types only.
 */
export const coreLayers: { readonly [layer: string]: Layer } = {
  errors: { uses: [] },
  connect: { uses: ['errors'] },
  model: { uses: ['errors'] },
  declare: { uses: ['errors', 'model'] },
  operations: { uses: ['errors', 'model', 'declare'] },
  graph: { uses: ['errors', 'model'], types: ['operations'] },
  plan: { uses: ['errors', 'model', 'graph'], types: ['operations'] },
  dialect: { uses: [], types: ['model', 'operations', 'compile'] },
  compile: { uses: ['errors', 'model', 'declare', 'operations'], types: ['graph', 'plan', 'dialect'] },
  lock: { uses: ['errors', 'model', 'declare', 'compile'], types: ['dialect'] },
  load: { uses: ['errors', 'model', 'graph'], types: ['operations', 'plan', 'compile', 'dialect'] },
  execute: {
    uses: ['errors', 'model', 'declare', 'operations', 'graph', 'plan', 'compile', 'lock', 'autogenerate', 'adopt'],
    types: ['dialect', 'load'],
  },
  autogenerate: { uses: ['errors', 'model', 'declare', 'operations', 'graph', 'compile'], types: ['dialect', 'load'] },
  adopt: {
    uses: ['errors', 'model', 'declare', 'operations', 'graph', 'compile', 'autogenerate'],
    types: ['dialect', 'load'],
  },
  lint: { uses: ['errors', 'model', 'operations', 'graph', 'plan', 'compile'], types: ['dialect', 'load'] },
}

const base = 'packages/core/src/'

export const coreArrows: Rule = ({ files }) =>
  [...files.values()].flatMap((file) => {
    if (!file.path.startsWith(base)) return []
    const [layer = '', ...rest] = file.path.slice(base.length).split('/')
    // The entry files beside the folders may name everything.
    if (rest.length === 0) return []
    const rule = coreLayers[layer]
    if (rule === undefined) return [`${file.path} stands in ${layer}/, which is no layer of core`]
    return file.imports.flatMap(({ specifier, kind, line }) => {
      const target = targetOf(file, specifier)
      if (target === undefined || !target.startsWith(base)) return []
      const to = target.slice(base.length).split('/')[0] ?? ''
      if (to === layer || rule.uses.includes(to)) return []
      if (rule.types?.includes(to))
        return kind === 'type' ? [] : [`${file.path}:${line}: of ${to}/ only types: ${specifier}`]
      return [`${file.path}:${line}: ${layer}/ may not import from ${to}/: ${specifier}`]
    })
  })

/** Everything that loading `entry` loads, dynamic imports aside. */
function closureOf(tree: Tree, entry: string): ReadonlyMap<string, readonly string[]> {
  const externalImports = new Map<string, string[]>()
  const visited = new Set([entry])
  for (const path of visited) {
    const file = tree.files.get(path)
    if (file === undefined) continue
    for (const { specifier, kind } of file.imports) {
      if (kind !== 'value') continue
      const target = targetOf(file, specifier)
      if (target !== undefined) visited.add(target)
      else externalImports.set(specifier, [...(externalImports.get(specifier) ?? []), path])
    }
  }
  return externalImports
}

const entries: readonly { readonly entry: string; readonly never: RegExp; readonly why: string }[] = [
  {
    entry: 'packages/core/src/index.ts',
    never: /^(node:)?(fs|module|process|child_process|net|http)\b|^oxc-|^es-module-lexer/,
    why: 'no file system and no process behind the main entry of core',
  },
  {
    entry: 'packages/core/src/dialect.ts',
    never: /^(node:)?(fs|module|process|child_process|net|http)\b|^oxc-/,
    why: 'no file system and no process behind /dialect of core',
  },
  {
    entry: 'packages/dialect-sqlite/src/index.ts',
    never: /^(drizzle-orm|better-sqlite3)\b/,
    why: 'the driver is loaded when a connection is opened, Drizzle never',
  },
]

export const entriesStayLight: Rule = (tree) =>
  entries.flatMap(({ entry, never, why }) =>
    [...closureOf(tree, entry)]
      .filter(([specifier]) => never.test(specifier))
      .map(([specifier, by]) => `${by.join(', ')} loads ${specifier} behind ${entry}: ${why}`),
  )
