// Other tools with the same migrations, beside the same floor: at head, and 200 on a database that is in use.
import { withDatabase } from '../kit/databases.mjs'
import { inTurn, runIndexed, runNode } from '../kit/measure.mjs'
import { commands, installPeers, libraries, ourLibrary, peerCommand } from '../kit/peers.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { configuration, revisionFiles } from '../kit/revisions.mjs'

const number = (count) => count.toLocaleString('en-US')

/** Each tool has a database of its own, with the same tables. */
function withDatabases(server, count, work, databases = []) {
  if (databases.length === count) return work(databases)
  return withDatabase(server, (database) => withDatabases(server, count, work, [...databases, database]))
}

function atHead({ server, count, kind, peers }, pairs) {
  return withDatabases(server, peers.length + 1, ([own, ...theirs]) => {
    const project = makeProject({ ...revisionFiles(count), 'migrate.config.ts': configuration(own.url) })
    runNode(project.migrate('upgrade', '--quiet'))
    const ours = kind === 'library' ? ourLibrary(project, own.url) : project.migrate('upgrade')
    runIndexed(ours)
    const all = peers.map((peer, at) => ({ name: peer.name, command: peerCommand(peer, count, theirs[at]) }))
    for (const { command } of all) runNode(command)
    return inTurn({
      pairs,
      floor: { name: 'floor', command: { args: [floor('version-row'), own.url] } },
      subjects: [{ name: kind === 'library' ? 'our library call' : 'migrate upgrade', command: ours }, ...all].map(
        (each) => ({ ...each, name: `at head, ${number(count)}: ${each.name}, ${server.name}` }),
      ),
    })
  })
}

export function peers(pairs, server) {
  installPeers()
  return [20, 200, 2_000].flatMap((count) => [
    ...atHead({ server, count, kind: 'library', peers: libraries }, pairs),
    ...atHead({ server, count, kind: 'command', peers: commands }, pairs),
  ])
}
