// The floor of a command that has nothing to do on a server: connect, read the version row.
import { connect } from './server.mjs'

const server = connect(process.argv[2])
const [row] = await server.query('SELECT version_num FROM migrate_version')
console.log(row.version_num)
await server.end()
