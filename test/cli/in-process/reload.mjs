let commands
let projects
let own

/** `commands`: how many there were, in memory that is shared. `projects`: the folder in which projects of tests lie. `own`: this repository. */
export function initialize(data) {
  commands = data.commands
  projects = data.projects
  own = data.own
}

/** A module of a project, and one that was compiled, has an address of its own for each command: it is run for each. */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context)
  const isOfProject =
    (resolved.url.startsWith(projects) && !resolved.url.startsWith(own)) ||
    resolved.url.includes('/node_modules/.cache/migrate/')
  return isOfProject ? { ...resolved, url: `${resolved.url}?command=${commands[0]}` } : resolved
}
