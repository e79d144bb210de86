// Where both peers send to: takes everything, answers 200, counts bytes; keeps the last body of each kind on request.
// A process of its own, so that its CPU time is not the gateway's.
import { createServer } from 'node:http'

let requests = 0
let bytes = 0
let keep = false
let kept: Buffer[] = []

const server = createServer((request, response) => {
  if (request.url === '/stats') {
    response.end(JSON.stringify({ requests, bytes }))
  } else if (request.url === '/keep') {
    keep = true
    kept = []
    response.end()
  } else if (request.url === '/kept') {
    keep = false
    response.end(JSON.stringify(kept.map((body) => body.toString('base64'))))
  } else {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (keep) chunks.push(chunk)
    })
    request.on('end', () => {
      requests++
      if (keep) kept.push(Buffer.concat(chunks))
      response.writeHead(200, { 'content-type': 'application/x-protobuf' })
      response.end()
    })
  }
})
server.listen(Number(process.argv[2]), '127.0.0.1')
