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
const ownFiles = /^(?!test\/autogenerate\/real\/schemas\/)/

export const noValueCycles: Rule = (tree) =>
  cyclesOf(tree, ({ kind }) => kind === 'value', ownFiles).map((members) => `${members.join(', ')} import each other`)

/** Types may not go in circles either: two files that need each other's types are one file, or the types have a third place. */
export const noTypeCycles: Rule = (tree) =>
  cyclesOf(tree, ({ kind }) => kind !== 'dynamic', /^(packages|apps)\//).map(
    (members) => `${members.join(', ')} import each other, types counted`,
  )

/**
 * The rooms of a package, a staircase: each uses the rooms above it in this list, and nothing else in the package. In core,
 * `bookkeeping` has the tables and rows of our own, `options` what a run is asked for, and
 * both come before `history`, which reads with them what a database is at. In autogenerate, `recognise` comes first: no comparison touches
 * the tables that another tool keeps its records in.
 */
const rooms: { readonly [folder: string]: readonly string[] } = {
  'packages/core/src/': [
    ...['errors', 'model', 'declare', 'compare', 'operations', 'graph', 'sql', 'dialect', 'compile', 'files', 'lock'],
    ...['bookkeeping', 'options', 'history', 'data-steps', 'planning', 'run', 'script', 'migrator'],
  ],
  'packages/autogenerate/src/': [
    ...[
      'recognise',
      'differences',
      'renames',
      'compose',
      'render',
      'compare',
      'sources',
      'snapshot',
      'check',
      'adopt',
      'stairway',
      'reset',
      'push',
      'pull',
      'squash',
    ],
  ],
}

/** Types and lazy imports included. */
export const roomsAreStaircases: Rule = ({ files }) =>
  [...files.values()].flatMap((file) => {
    const [base, staircase = []] = Object.entries(rooms).find(([folder]) => file.path.startsWith(folder)) ?? []
    if (base === undefined) return []
    const [room = '', ...rest] = file.path.slice(base.length).split('/')
    // The entry files name what they export.
    if (rest.length === 0) return []
    const step = staircase.indexOf(room)
    if (step === -1) return [`${file.path} is in ${room}/, which is no room of ${base}`]
    return file.imports.flatMap(({ specifier, line }) => {
      const target = targetOf(file, specifier)
      if (target === undefined || !target.startsWith(base)) return []
      const to = target.slice(base.length).split('/')[0] ?? ''
      return staircase.indexOf(to) <= step ? [] : [`${file.path}:${line}: ${room}/ is above ${to}/: ${specifier}`]
    })
  })

/** A folder and its files under one parent; what is deeper belongs to it. */
function siblingOf(from: string, to: string): readonly [parent: string, from: string, to: string] | undefined {
  const [own, target] = [from.split('/'), to.split('/')]
  let depth = 0
  while (own[depth] === target[depth]) depth += 1
  if (own.length - depth < 2 || target.length - depth < 2) return undefined
  return [own.slice(0, depth).join('/'), own[depth] ?? '', target[depth] ?? '']
}

/** Of folders with one parent inside a package: types and lazy imports included. */
export const noFolderCycles: Rule = ({ files }) => {
  const arrows = new Map<string, Map<string, string>>()
  for (const file of files.values()) {
    if (!/^(packages|apps)\/[^/]+\/src\//.test(file.path)) continue
    for (const { specifier, line } of file.imports) {
      const target = targetOf(file, specifier)
      const pair = target === undefined ? undefined : siblingOf(file.path, target)
      if (pair === undefined) continue
      const [parent, from, to] = [pair[0], `${pair[0]}/${pair[1]}`, `${pair[0]}/${pair[2]}`]
      if (!/^(packages|apps)\/[^/]+\/src/.test(parent)) continue
      const targets = arrows.get(from) ?? new Map<string, string>()
      arrows.set(from, targets.set(to, `${file.path}:${line}`))
    }
  }
  const reaches = (from: string, goal: string, visited = new Set<string>()): boolean =>
    [...(arrows.get(from)?.keys() ?? [])].some((next) => {
      if (next === goal) return true
      if (visited.has(next)) return false
      visited.add(next)
      return reaches(next, goal, visited)
    })
  return [...arrows].flatMap(([from, targets]) =>
    [...targets].filter(([to]) => reaches(to, from)).map(([to, at]) => `${at}: ${from}/ and ${to}/ import each other`),
  )
}

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
    entry: 'packages/core/src/internal.ts',
    never: /^(node:)?(fs|module|process|child_process|net|http)\b|^oxc-/,
    why: 'no file system and no process behind /internal of core',
  },
  {
    entry: 'packages/autogenerate/src/index.ts',
    never: /^(node:)?(fs|module|process|child_process|net|http)\b|^@org\/migrate-core\/node/,
    why: 'no file system behind the main entry of autogenerate',
  },
  {
    entry: 'apps/cli/src/main.ts',
    never: /^@org\/migrate-autogenerate/,
    why: 'the commands that compare load it',
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
