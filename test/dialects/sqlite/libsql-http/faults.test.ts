import { sqldServer } from '../../../kit/sqld/sqld-server.ts'
import { survivesFaults } from '../lists/faults.ts'

const server = sqldServer()

survivesFaults('libSQL over HTTP', {
  server,
  origin: () => server().origin,
  through: ({ url }, origin) => url.replace(server().origin.replace('http:', ''), origin.replace('http:', '')),
})
