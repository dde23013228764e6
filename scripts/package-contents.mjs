// What a packed package may and may not hold; used by check-packages.mjs, and by tests with planted defects.

/** Every path that `exports` names, each with the conditions that lead to it. */
function* targetsOf(entry, conditions = []) {
  if (typeof entry === 'string') yield { path: entry, conditions }
  else for (const [key, value] of Object.entries(entry ?? {})) yield* targetsOf(value, [...conditions, key])
}

/**
 * What is wrong with a package as its users get it: `manifest` and `files` (paths in it) as they were packed.
 * Gives sentences; none means that it may go out.
 */
export function problemsOfPacked(manifest, files) {
  const problems = []
  const held = new Set(files)
  const relative = (path) => path.replace(/^\.\//, '')
  for (const { path, conditions } of targetsOf(manifest.exports)) {
    if (conditions.includes('source'))
      problems.push(`exports ${conditions[0]} has the condition "source", which leads to files that are not packed`)
    else if (!held.has(relative(path))) problems.push(`exports ${conditions[0]} names ${path}, which is not packed`)
  }
  for (const [name, path] of Object.entries(manifest.bin ?? {})) {
    if (!held.has(relative(path))) problems.push(`bin ${name} names ${path}, which is not packed`)
  }
  for (const group of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const [name, range] of Object.entries(manifest[group] ?? {})) {
      if (/^(workspace|file|link|catalog):/.test(range))
        problems.push(`${group} asks for ${name} ${range}, which exists here only`)
    }
  }
  for (const file of files) {
    if (/^(src|test|node_modules)\/|\.tsbuildinfo$|(^|\/)\.(env|git|turbo)/.test(file))
      problems.push(`${file} does not belong into the package`)
    if (/\.ts$/.test(file) && !/\.d\.ts$/.test(file)) problems.push(`${file} is TypeScript that is not compiled`)
  }
  for (const file of ['LICENSE', 'README.md']) if (!held.has(file)) problems.push(`it has no ${file}`)
  for (const key of ['name', 'version', 'description', 'license', 'engines']) {
    if (manifest[key] === undefined) problems.push(`package.json has no ${key}`)
  }
  if (manifest.type !== 'module') problems.push('package.json does not say "type": "module"')
  return problems
}

/** `exports` as it goes out: the condition that leads to the sources, for work inside this repository, is left out. */
export function publishedExports(exports) {
  return Object.fromEntries(
    Object.entries(exports).map(([entry, conditions]) => [
      entry,
      Object.fromEntries(Object.entries(conditions).filter(([name]) => name !== 'source')),
    ]),
  )
}
