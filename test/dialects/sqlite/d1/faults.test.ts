import { d1Server } from '../../../kit/d1/d1-server.ts'
import { scale } from '../../../kit/scale.ts'
import { survivesFaults } from '../lists/faults.ts'

const server = d1Server({ databases: scale({ full: 300, quick: 20 }) })

survivesFaults('D1', {
  server,
  origin: () => server().origin,
  through: ({ url }, origin) => url.replace(/api=.*/, `api=${encodeURIComponent(`${origin}/client/v4`)}`),
})
