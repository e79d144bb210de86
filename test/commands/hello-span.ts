// A trace request of one span, as OTLP/JSON.

/** @param note the only attribute of the span, `reason`: free text */
export const helloSpan = (note: string): object => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'test' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              name: 'hello',
              startTimeUnixNano: '1795289840000000000',
              endTimeUnixNano: '1795289841000000000',
              attributes: [{ key: 'reason', value: { stringValue: note } }],
            },
          ],
        },
      ],
    },
  ],
})
