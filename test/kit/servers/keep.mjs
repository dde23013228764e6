// The keeper of the servers of an ordinary run. Arguments: the servers.
import { bringUpAll } from './bring-up.mjs'
import { keep } from './keeper.mjs'
import { namedServers } from './names.mjs'

await keep(namedServers(process.argv[2] ?? 'all'), bringUpAll)
