// Written by scripts/embed-openapi from openapi/openapi.yaml; change that and run the script.

extension OpenAPIDocument {
    /// The text of openapi/openapi.yaml.
    static let text = #"""
        openapi: 3.1.1
        info:
          title: Purser
          version: 1.0.0
          summary: One REST API in front of several proxy vendors, which buys each order once.
          description: |-
            Purser makes an order durable, then buys it at a vendor, and says of every order and every error what is known about
            the money. This document is the whole contract: every answer of the server validates against it.

            Every path is served at the root and, identically, under `/v1`. Bodies are JSON in UTF-8 with `snake_case` names.
            `HEAD` works wherever `GET` does. Any other method, `OPTIONS` and `TRACE` too, is answered `405` with `Allow`; an
            unknown path `404`. Paths match exactly: no trailing slash, no doubled slash, lower case.

            **Strictness.** Bodies have at most 64 KiB and 16 levels. Duplicate names, trailing commas, comments, byte-order
            marks, control characters and broken UTF-8 are `malformed_request`. Unknown fields are `invalid_request`, since a
            misspelt field must not change what is bought; an explicit `null` is the same as leaving an optional field out.
            Whole numbers are JSON integers (`20`, not `"20"`, `20.0` or `2e1`). Unknown, repeated and unreadable query
            parameters are `invalid_request` too. In a query, `+` is a blank, as in HTML forms.

            **Errors** are `application/problem+json` (RFC 9457). `retry_action` answers the one question, may I send it again?
            `type` leads to a page about the code that this server serves itself.

            **Roles.** A `buyer` buys, and sees its own client's orders. An `auditor` reads everything and buys nothing. An
            `operator` may do everything, for every client. Another client's order is answered exactly as one that does not
            exist.
        servers:
          - url: /
            description: The root
          - url: /v1
            description: The same, with the version in the path
        security:
          - key: []
        tags:
          - name: orders
            description: Buying, and reading what became of it.
          - name: actions
            description: Changing what was bought, as durably and carefully as buying it, and reading what became of it.
          - name: batches
            description: ISP IPs, batch by batch as their vendor shows them, and what can be done to them.
          - name: offers
            description: What can be bought, where, and for how much; nothing here spends.
          - name: webhooks
            description: Who is sent events, and what became of each.
          - name: keys
            description: Who may call. Served only on the Unix socket beside the database file.
          - name: operations
            description: Whether the server lives and may take orders.
          - name: documents
            description: This document, and a page about each problem.
        paths:
          /orders:
            post:
              operationId: placeOrder
              tags: [orders]
              summary: Buy, once for each key
              description: |-
                Makes the order durable, buys it, and answers when the outcome is known or the wait is over. A
                caller that leaves changes nothing: the purchase runs to its end, and the same key finds it.

                The same key with the same meaning (the order of fields, the case of the country and `50` or `50.0`
                do not matter) finds the same order as it stands now, with the status that a first call would get
                now and `Idempotent-Replayed: true`. The same key with a different meaning is
                `idempotency_key_reused`. A key lives as long as its order: for ever. A refusal that stored no
                order, which is one without `order_id`, does not use the key up; a failed order does.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/Idempotency-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/OrderRequest'}
                    examples:
                      residential: {$ref: '#/components/examples/residential'}
                      mobile_by_gb: {$ref: '#/components/examples/mobile_by_gb'}
                      mobile_by_ip: {$ref: '#/components/examples/mobile_by_ip'}
                      isp: {$ref: '#/components/examples/isp'}
                      ipv4: {$ref: '#/components/examples/ipv4'}
                      ipv6: {$ref: '#/components/examples/ipv6'}
              responses:
                '200':
                  description: The key belongs to an order that was canceled. Nothing was bought.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Location: {$ref: '#/components/headers/Location'}
                    Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                    Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Order'}
                      examples:
                        canceled_order: {$ref: '#/components/examples/canceled_order'}
                '201':
                  description: The vendor sold it; the order is `completed` or `provisioning`.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Location: {$ref: '#/components/headers/Location'}
                    Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                    Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Order'}
                      examples:
                        completed_order: {$ref: '#/components/examples/completed_order'}
                '202':
                  description: Not settled yet; `pending`, `purchasing` or `unknown`. Read it at `Location` after the pause.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Location: {$ref: '#/components/headers/Location'}
                    Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                    Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Order'}
                      examples:
                        purchasing_order: {$ref: '#/components/examples/purchasing_order'}
                        unknown_order: {$ref: '#/components/examples/unknown_order'}
                '400':
                  description: Not a readable request, or no key.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        malformed_request: {$ref: '#/components/examples/malformed_request'}
                        idempotency_key_missing: {$ref: '#/components/examples/idempotency_key_missing'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '402':
                  description: The client's budget cannot hold the price.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        budget_exceeded: {$ref: '#/components/examples/budget_exceeded'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409':
                  description: The vendor's account or the price stands against it. Nothing was bought.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                    Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        insufficient_balance: {$ref: '#/components/examples/insufficient_balance'}
                        kyc_required: {$ref: '#/components/examples/kyc_required'}
                        price_above_limit: {$ref: '#/components/examples/price_above_limit'}
                        price_unknown: {$ref: '#/components/examples/price_unknown'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422':
                  description: Nobody can sell this, or the key belongs to another request. Nothing was bought by this call.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                    Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        invalid_request: {$ref: '#/components/examples/invalid_request'}
                        no_vendor: {$ref: '#/components/examples/no_vendor'}
                        idempotency_key_reused: {$ref: '#/components/examples/idempotency_key_reused'}
                        insufficient_inventory: {$ref: '#/components/examples/insufficient_inventory'}
                        quantity_out_of_range: {$ref: '#/components/examples/quantity_out_of_range'}
                        vendor_rejected: {$ref: '#/components/examples/vendor_rejected'}
                        promo_code_invalid: {$ref: '#/components/examples/promo_code_invalid'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500':
                  description: A fault that nobody foresaw, before anything was made durable.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                    Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        internal_error: {$ref: '#/components/examples/internal_error'}
                '502':
                  description: The vendor refused Purser's own credentials. Nothing was bought.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                    Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        vendor_auth_failed: {$ref: '#/components/examples/vendor_auth_failed'}
                '503':
                  description: Not now. Nothing was bought.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                    Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                    Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        buying_paused: {$ref: '#/components/examples/buying_paused'}
                        overloaded: {$ref: '#/components/examples/overloaded'}
                        vendor_unavailable: {$ref: '#/components/examples/vendor_unavailable'}
                        store_unavailable: {$ref: '#/components/examples/store_unavailable'}
            get:
              operationId: listOrders
              tags: [orders]
              summary: History, newest first
              description: |-
                A page of orders. All filters can be combined; lists have commas. A walk by `next_cursor` returns
                each order exactly once while new ones arrive.

                As `text/csv` or `application/x-ndjson` (by `Accept` or `format`) it is the whole filtered history in one answer,
                each order as it stood when the answer began, however long it takes to read. The trailer `X-Orders-Count` comes
                behind the last order. An export that breaks off ends as a broken transfer, without the last chunk and the
                trailer; `before`, with the id of the last order that arrived, reads on from there.

                A table's columns are named after the order's members. Of an order whose outcome is not known it has `held`, in
                `currency`, and of `unknown` the columns `unknown_since`, `unknown_reason` and `needs_review`: `total` and `held` by
                `currency` add up to `spent` and `maybe_spent` of `GET /orders/stats`.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/limit'
                - $ref: '#/components/parameters/cursor'
                - $ref: '#/components/parameters/status'
                - $ref: '#/components/parameters/product'
                - $ref: '#/components/parameters/vendor'
                - $ref: '#/components/parameters/client'
                - $ref: '#/components/parameters/country_filter'
                - $ref: '#/components/parameters/metadata'
                - $ref: '#/components/parameters/idempotency_key'
                - $ref: '#/components/parameters/vendor_order_id'
                - $ref: '#/components/parameters/batch_id_filter'
                - $ref: '#/components/parameters/q'
                - $ref: '#/components/parameters/min_total'
                - $ref: '#/components/parameters/max_total'
                - $ref: '#/components/parameters/created_after'
                - $ref: '#/components/parameters/created_before'
                - $ref: '#/components/parameters/expires_after'
                - $ref: '#/components/parameters/expires_before'
                - $ref: '#/components/parameters/fields'
                - $ref: '#/components/parameters/export_format'
                - $ref: '#/components/parameters/before'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: A page of orders, or all that match.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Vary: {$ref: '#/components/headers/Vary'}
                    Link: {$ref: '#/components/headers/Link'}
                    Content-Disposition: {$ref: '#/components/headers/Content-Disposition'}
                    Trailer: {$ref: '#/components/headers/OrdersTrailer'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/OrderList'}
                      examples:
                        order_list: {$ref: '#/components/examples/order_list'}
                        trimmed_order_list: {$ref: '#/components/examples/trimmed_order_list'}
                    text/csv:
                      schema:
                        description: |-
                          RFC 4180, with a header row. A cell that a spreadsheet would take for a formula (it begins with `=`, `+`,
                          `-`, `@`, a tab or a carriage return) has an apostrophe before it. A total that nobody told is an empty
                          cell, never 0; `metadata` is a JSON object, and `flags` are words with blanks between.
                        type: string
                      examples:
                        orders_csv: {$ref: '#/components/examples/orders_csv'}
                    application/x-ndjson:
                      schema:
                        description: An order, or the `fields` of it, on each line, which ends with a line feed.
                        type: string
                      examples:
                        orders_ndjson: {$ref: '#/components/examples/orders_ndjson'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403':
                  description: A buyer asks by `client`.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        forbidden: {$ref: '#/components/examples/forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /orders/stats:
            get:
              operationId: showStatistics
              tags: [orders]
              summary: Orders added up
              description: |-
                How many orders, what they cost and what may have been spent, by any of the groupings; exact, to the last digit of what
                the export adds up to. A total that nobody told is counted in `unpriced_orders` and never added as 0; what an order
                whose outcome is not known was quoted at is `maybe_spent`, apart from `spent`. Orders belong to the day on which they
                were made, in the time zone `tz`. Renewals and replacements are actions, and are not in these sums.

                A filter or grouping by metadata, and filters by ids, totals or expiry, read the orders themselves; all else is
                answered from sums that are kept as orders change.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/group_by'
                - $ref: '#/components/parameters/tz'
                - $ref: '#/components/parameters/statistics_format'
                - $ref: '#/components/parameters/status'
                - $ref: '#/components/parameters/product'
                - $ref: '#/components/parameters/vendor'
                - $ref: '#/components/parameters/client'
                - $ref: '#/components/parameters/country_filter'
                - $ref: '#/components/parameters/metadata'
                - $ref: '#/components/parameters/idempotency_key'
                - $ref: '#/components/parameters/vendor_order_id'
                - $ref: '#/components/parameters/batch_id_filter'
                - $ref: '#/components/parameters/q'
                - $ref: '#/components/parameters/min_total'
                - $ref: '#/components/parameters/max_total'
                - $ref: '#/components/parameters/created_after'
                - $ref: '#/components/parameters/created_before'
                - $ref: '#/components/parameters/expires_after'
                - $ref: '#/components/parameters/expires_before'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The sums.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Vary: {$ref: '#/components/headers/Vary'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Statistics'}
                      examples:
                        statistics: {$ref: '#/components/examples/statistics'}
                    text/csv:
                      schema:
                        description: RFC 4180, with a header row; the groups first, then the sums.
                        type: string
                      examples:
                        statistics_csv: {$ref: '#/components/examples/statistics_csv'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403':
                  description: A buyer asks by `client`.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        forbidden: {$ref: '#/components/examples/forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /orders/{id}:
            get:
              operationId: showOrder
              tags: [orders]
              summary: One order
              description: The order as it stands; with `wait`, as soon as it changes or settles.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/wait'
                - $ref: '#/components/parameters/If-None-Match'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The order.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    ETag: {$ref: '#/components/headers/ETag'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Order'}
                      examples:
                        completed_order: {$ref: '#/components/examples/completed_order'}
                        failed_order: {$ref: '#/components/examples/failed_order'}
                        review_order: {$ref: '#/components/examples/review_order'}
                '304': {$ref: '#/components/responses/NotModified'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /orders/{id}/events:
            get:
              operationId: listEvents
              tags: [orders]
              summary: An order's timeline, oldest first
              description: |-
                Every state the order was ever in, and why; append-only. `number` counts from 1 without gaps. The
                whole timeline is one page.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The timeline.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/EventList'}
                      examples:
                        event_list: {$ref: '#/components/examples/event_list'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /orders/{id}/proxies:
            get:
              operationId: listProxies
              tags: [orders]
              summary: The IPs that were bought, with their credentials
              description: |-
                One shape for all vendors, read from the vendor at every call and streamed: nothing of it is stored, logged or
                cached. There are IPs to tell of an order that is `completed`, and of one that is `provisioning` when the caller
                says that what is there so far will do (`partial=true`). The whole list is one page.

                `X-Proxies-Ordered` says how many were ordered, and the trailer `X-Proxies-Count`, behind the last byte of a list
                that is whole, how many the list has. They may differ: an IP that is being replaced is missing for some minutes.

                A list that breaks off half-way ends as a broken transfer (the last chunk of the body, and with it the trailer,
                is missing), and is to be read again from its beginning. Where the break is known before the first byte, the
                answer is a problem. Callers that speak HTTP/1.0 get no chunks; for them the connection is reset.

                A list takes at most ten minutes, and at most eight are read from one vendor at a time.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/proxy_format'
                - $ref: '#/components/parameters/proxy_protocol'
                - $ref: '#/components/parameters/partial'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The proxies, at least one, in the vendor's order.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Vary: {$ref: '#/components/headers/Vary'}
                    X-Proxies-Ordered: {$ref: '#/components/headers/X-Proxies-Ordered'}
                    Trailer: {$ref: '#/components/headers/Trailer'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/ProxyList'}
                      examples:
                        proxy_list: {$ref: '#/components/examples/proxy_list'}
                    text/plain:
                      schema:
                        description: |-
                          `ip:port:user:password` on each line, or `ip:port` where no login is needed; IPv6 addresses in brackets.
                          The port is that of HTTP where it is spoken, else that of SOCKS5, unless `protocol` says which.
                        type: string
                      examples:
                        proxies_plain: {$ref: '#/components/examples/proxies_plain'}
                    text/csv:
                      schema:
                        description: |-
                          RFC 4180, with a header row. A cell that a spreadsheet would take for a formula (it begins with `=`,
                          `+`, `-` or `@`) has an apostrophe before it; the other forms tell such a password as it is.
                        type: string
                      examples:
                        proxies_csv: {$ref: '#/components/examples/proxies_csv'}
                    text/uri-list:
                      schema:
                        description: |-
                          `http://user:password@ip:port` or `socks5://…` on each line, which ends with a line feed alone; user and
                          password percent-encoded, IPv6 addresses in brackets. Of a proxy that speaks both it is the URI for HTTP,
                          unless `protocol` says which.
                        type: string
                      examples:
                        proxies_uri: {$ref: '#/components/examples/proxies_uri'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409':
                  description: There are no proxies to tell, or not yet.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        proxies_not_ready: {$ref: '#/components/examples/proxies_not_ready'}
                        no_proxies: {$ref: '#/components/examples/no_proxies'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '502':
                  description: The vendor refused Purser's own credentials. The order stands as it was.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        vendor_auth_failed: {$ref: '#/components/examples/vendor_auth_failed'}
                '503':
                  description: Not now. The order stands as it was.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        overloaded: {$ref: '#/components/examples/overloaded'}
                        vendor_unavailable: {$ref: '#/components/examples/vendor_unavailable'}
                        store_unavailable: {$ref: '#/components/examples/store_unavailable'}
          /orders/{id}/cancel:
            post:
              operationId: cancelOrder
              tags: [orders]
              summary: Withdraw an order of which nothing was sent
              description: |-
                Only while the order is `pending`. Withdrawing it again answers the same. The body is empty or `{}`.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Nothing'}
              responses:
                '200':
                  description: The order, now `canceled`.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Order'}
                      examples:
                        canceled_order: {$ref: '#/components/examples/canceled_order'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409':
                  description: Something may have been sent already. The order stands as it was.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        not_cancelable: {$ref: '#/components/examples/not_cancelable'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /orders/{id}/resolve:
            post:
              operationId: resolveOrder
              tags: [orders]
              summary: Settle an unknown order by a person's decision
              description: |-
                For an order whose outcome is `unknown`, after a look at the vendor's own records. The decision, its
                reason and who made it are in the order's timeline for ever, and it cannot be made again. What was bought is
                `provisioning` until its goods are found, as any sale is (traffic is `completed` at once), with the flag
                `goods_not_found`. They are looked for by `vendor_order_id`, which is the vendor's id of the order or of its batch and
                no other order's; goods of another product, country or number, or that were there before the order, are not taken,
                nor are such as another sale waits for before that has its own.
                Where it is left out, or is an order's id and the vendor's list of batches names no orders, goods are taken only when they can be nobody else's: begun in the time of the attempt and not
                there before, of no order, fitting the request, the only ones in two readings after the vendor's `settle_time`, and
                with no other open order that may have bought such; so give it.

                What keeps them from being found is an event `evidence.read` on the timeline, once (`named_goods_not_listed`,
                `named_goods_do_not_fit`, `named_goods_claimed`, `named_goods_contested`, `goods_not_named`), with the goods that may be meant as
                `data.candidates`. As long as the order has that flag, the same call with `bought` and a `vendor_order_id` names its
                goods, or names them anew: status and total stay, and a `total` is refused. An answer of the vendor that comes after
                all is worth more than what was named.

                A `total` that is left out is the price that the vendor had quoted, if any.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Resolution'}
                    examples:
                      bought: {$ref: '#/components/examples/bought'}
                      not_bought: {$ref: '#/components/examples/not_bought'}
              responses:
                '200':
                  description: The order, now decided.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Order'}
                      examples:
                        completed_order: {$ref: '#/components/examples/completed_order'}
                        failed_order: {$ref: '#/components/examples/failed_order'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409':
                  description: >-
                    The order is not `unknown`, nor `provisioning` with the flag `goods_not_found` and goods named; or a call to its
                    vendor is on its way and nothing can be decided before it has ended (then with `Retry-After`). It stands as it was.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        not_resolvable: {$ref: '#/components/examples/not_resolvable'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /orders/{id}/refunds:
            post:
              operationId: recordRefund
              tags: [orders]
              summary: Write down that money came back for an order
              description: |-
                A refund is an entry of its own beside the order, after a look at the vendor's own records; no vendor documents
                one, and nothing is sent to any. The order's `status`, `total` and `money_state` stay as they are; it shows the sum
                of its refunds as `refunded`, and its timeline an event `refund.recorded`. Statistics tell refunds apart, and no
                budget gets anything back. An entry can be neither changed nor taken back, and all of an order together are at most
                its `total`; refunds of what renewals and replacements cost are not noted here.

                The same key with the same meaning answers the same, with `Idempotent-Replayed: true`, and writes nothing down.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/Refund-Key'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/RefundRequest'}
                    examples:
                      new_refund: {$ref: '#/components/examples/new_refund'}
              responses:
                '201':
                  description: The refund.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Refund'}
                      examples:
                        refund: {$ref: '#/components/examples/refund'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409':
                  description: That cannot have come back. Nothing was noted.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        not_refundable: {$ref: '#/components/examples/not_refundable'}
                        refund_currency_mismatch: {$ref: '#/components/examples/refund_currency_mismatch'}
                        refund_exceeds_total: {$ref: '#/components/examples/refund_exceeds_total'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422':
                  description: The body or the parameters are wrong, or the key is of something else. Nothing was noted.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        invalid_request: {$ref: '#/components/examples/invalid_request'}
                        idempotency_key_reused: {$ref: '#/components/examples/idempotency_key_reused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
            get:
              operationId: listRefunds
              tags: [orders]
              summary: What came back for an order
              description: Every refund, oldest first. The whole list is one page.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The refunds.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/RefundList'}
                      examples:
                        refunds: {$ref: '#/components/examples/refunds'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /refunds:
            get:
              operationId: listAllRefunds
              tags: [orders]
              summary: What came back, newest first
              description: |-
                A page of the refunds of all orders that the caller may see. All filters can be combined; lists have commas. Times
                are of when a refund was written down: `GET /orders/stats` counts what came back where its order counts, so a month
                here and `refunded` of a month there need not be the same. A walk by `next_cursor` returns each refund exactly once.

                As `text/csv` or `application/x-ndjson` (by `Accept` or `format`) it is every refund that matches in one answer; one
                that breaks off ends as a broken transfer, without the last chunk.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/limit'
                - $ref: '#/components/parameters/cursor'
                - $ref: '#/components/parameters/vendor'
                - $ref: '#/components/parameters/client'
                - $ref: '#/components/parameters/refunded_order'
                - $ref: '#/components/parameters/refunded_after'
                - $ref: '#/components/parameters/refunded_before'
                - $ref: '#/components/parameters/export_format'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: A page of refunds, or all that match.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Vary: {$ref: '#/components/headers/Vary'}
                    Link: {$ref: '#/components/headers/Link'}
                    Content-Disposition: {$ref: '#/components/headers/Content-Disposition'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/AllRefunds'}
                      examples:
                        all_refunds: {$ref: '#/components/examples/all_refunds'}
                    text/csv:
                      schema:
                        description: RFC 4180, with a header row, and safe against formulas as the export of orders is.
                        type: string
                      examples:
                        refunds_csv: {$ref: '#/components/examples/refunds_csv'}
                    application/x-ndjson:
                      schema:
                        description: A refund on each line, which ends with a line feed.
                        type: string
                      examples:
                        refunds_ndjson: {$ref: '#/components/examples/refunds_ndjson'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403':
                  description: A buyer asks by `client`.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        forbidden: {$ref: '#/components/examples/forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /orders/{id}/renew:
            post:
              operationId: renewOrder
              tags: [actions]
              summary: Rent what was bought for longer
              description: |-
                Extends what the order bought, at either vendor; an action, which is as durable and as careful as a purchase.
                It is made durable before anything is sent, and answered when its outcome is known or the wait is over.

                The same key with the same meaning finds the same action as it stands now, with the status that a first call
                would get now and `Idempotent-Replayed: true`. Orders and actions of a client share their keys, and a key
                lives for ever. A refusal without `action_id` stored nothing and does not use the key up; a failed action
                does. `max_total` is held against the price that is known just before the call to the vendor.

                `ips` extends only these, by their addresses or the vendor's ids of them, where the vendor does that (legacy, not
                for IPv6). While only a person can say what became of an earlier renewal, or of a release, no other is sent:
                `action_not_allowed`.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/Action-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Renewal'}
                    examples:
                      renewal: {$ref: '#/components/examples/renewal'}
                      renewal_of_ips: {$ref: '#/components/examples/renewal_of_ips'}
              responses:
                '201': {$ref: '#/components/responses/ActionDone'}
                '202': {$ref: '#/components/responses/ActionUnderWay'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '402': {$ref: '#/components/responses/ActionOverBudget'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409': {$ref: '#/components/responses/SpendingConflict'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/SpendingRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/ActionFault'}
                '502': {$ref: '#/components/responses/ActionVendorAuth'}
                '503': {$ref: '#/components/responses/SpendingUnavailable'}
          /orders/{id}/auto-renew:
            post:
              operationId: autoRenewOrder
              tags: [actions]
              summary: Have the vendor renew by itself, or stop it
              description: |-
                Where the vendor offers that (legacy). The order shows it as `auto_renew`. What the vendor charges later for
                renewals of its own accord is not charged by this call.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/Action-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/AutoRenewal'}
                    examples:
                      auto_renewal: {$ref: '#/components/examples/auto_renewal'}
                      no_auto_renewal: {$ref: '#/components/examples/no_auto_renewal'}
              responses:
                '201': {$ref: '#/components/responses/ActionDone'}
                '202': {$ref: '#/components/responses/ActionUnderWay'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409': {$ref: '#/components/responses/ActionConflict'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/ActionRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/ActionFault'}
                '502': {$ref: '#/components/responses/ActionVendorAuth'}
                '503': {$ref: '#/components/responses/ActionUnavailable'}
          /orders/{id}/actions:
            get:
              operationId: listActions
              tags: [actions]
              summary: What was asked to be done to what an order bought
              description: |-
                Every action on the order, oldest first, in one page.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/order_id'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The actions.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/ActionList'}
                      examples:
                        action_list: {$ref: '#/components/examples/action_list'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /actions:
            get:
              operationId: listAllActions
              tags: [actions]
              summary: Everything that was asked to be done, newest first
              description: |-
                A page of actions on the orders that the caller may see. All filters can be combined; lists have commas. A walk by
                `next_cursor` returns each action exactly once while new ones arrive. `needs_review=true` are those that only
                a person can decide.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/limit'
                - $ref: '#/components/parameters/cursor'
                - $ref: '#/components/parameters/action_status'
                - $ref: '#/components/parameters/action_kind'
                - $ref: '#/components/parameters/about_order'
                - $ref: '#/components/parameters/needs_review'
                - $ref: '#/components/parameters/client'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: A page of actions.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Link: {$ref: '#/components/headers/Link'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/ActionPage'}
                      examples:
                        action_list: {$ref: '#/components/examples/action_list'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403':
                  description: A buyer asks by `client`.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        forbidden: {$ref: '#/components/examples/forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /actions/{id}:
            get:
              operationId: showAction
              tags: [actions]
              summary: One action
              description: |-
                The action as it stands; with `wait`, as soon as it changes or settles. Who may see the order may see it.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/action_id'
                - $ref: '#/components/parameters/wait'
                - $ref: '#/components/parameters/If-None-Match'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The action.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    ETag: {$ref: '#/components/headers/ETag'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Action'}
                      examples:
                        renewed_action: {$ref: '#/components/examples/renewed_action'}
                        failed_action: {$ref: '#/components/examples/failed_action'}
                        review_action: {$ref: '#/components/examples/review_action'}
                '304': {$ref: '#/components/responses/NotModified'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /actions/{id}/resolve:
            post:
              operationId: resolveAction
              tags: [actions]
              summary: Settle an unknown action by a person's decision
              description: |-
                For an action whose outcome is `unknown`, after a look at the vendor's own records. The decision, its reason
                and who made it are in the order's timeline for ever. A `total` that is left out is the price that was known
                before, if any. Where a renewal was done, its goods are read once, and the order has the end that they show;
                a vendor that does not answer within two seconds is not waited for.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/action_id'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/ActionResolution'}
                    examples:
                      done: {$ref: '#/components/examples/done'}
                      not_done: {$ref: '#/components/examples/not_done'}
              responses:
                '200':
                  description: The action, now settled.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Action'}
                      examples:
                        renewed_action: {$ref: '#/components/examples/renewed_action'}
                        failed_action: {$ref: '#/components/examples/failed_action'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409':
                  description: The action is not `unknown`. It stands as it was.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        not_resolvable: {$ref: '#/components/examples/not_resolvable'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /isp/batches:
            get:
              operationId: listBatches
              tags: [batches]
              summary: The batches that vendors show
              description: |-
                Read from the vendors at every call: a buyer sees the batches of its own orders, auditors and operators every
                batch of the accounts, also those that no order bought (`order_id` is `null`). They stand by the vendor's id,
                the latest first, since those ids begin with the time. What was released is left out. A vendor that cannot be read is a problem: a list
                without its batches would look whole.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/limit'
                - $ref: '#/components/parameters/cursor'
                - $ref: '#/components/parameters/batch_vendor'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: A page of batches.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Link: {$ref: '#/components/headers/Link'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/BatchList'}
                      examples:
                        batch_list: {$ref: '#/components/examples/batch_list'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/BatchesRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '502': {$ref: '#/components/responses/VendorAuth'}
                '503': {$ref: '#/components/responses/VendorUnavailable'}
          /isp/batches/{id}:
            get:
              operationId: showBatch
              tags: [batches]
              summary: One batch
              description: |-
                Read from its vendor now. A buyer reaches the batches of its own orders; any other is answered as one that
                does not exist. Of a batch that was released, or that its vendor does not show any more, the `404` names the
                order.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/batch_id'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The batch.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Batch'}
                      examples:
                        batch: {$ref: '#/components/examples/batch'}
                        bare_batch: {$ref: '#/components/examples/bare_batch'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/BatchesRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '502': {$ref: '#/components/responses/VendorAuth'}
                '503': {$ref: '#/components/responses/VendorUnavailable'}
            delete:
              operationId: releaseBatch
              tags: [batches]
              summary: Give a batch back
              description: |-
                Every IP of it is given back at once, and nothing is refunded. Therefore it wants `confirm` with the batch's
                id once more. An action: see `POST /orders/{id}/renew`. The body is empty or `{}`.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/batch_id'
                - $ref: '#/components/parameters/confirm'
                - $ref: '#/components/parameters/Action-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Nothing'}
              responses:
                '201': {$ref: '#/components/responses/ActionDone'}
                '202': {$ref: '#/components/responses/ActionUnderWay'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409': {$ref: '#/components/responses/ActionConflict'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/ActionRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/ActionFault'}
                '502': {$ref: '#/components/responses/ActionVendorAuth'}
                '503': {$ref: '#/components/responses/ActionUnavailable'}
          /isp/batches/{id}/ips:
            get:
              operationId: listBatchProxies
              tags: [batches]
              summary: The IPs of a batch, with their credentials
              description: |-
                The same answer as `GET /orders/{id}/proxies` of the order that bought the batch. Of a batch that no order
                bought the IPs are not told, which is `no_proxies`: credentials are handed out for what was bought here.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/batch_id'
                - $ref: '#/components/parameters/proxy_format'
                - $ref: '#/components/parameters/proxy_protocol'
                - $ref: '#/components/parameters/partial'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The proxies, at least one, in the vendor's order.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Vary: {$ref: '#/components/headers/Vary'}
                    X-Proxies-Ordered: {$ref: '#/components/headers/X-Proxies-Ordered'}
                    Trailer: {$ref: '#/components/headers/Trailer'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/ProxyList'}
                      examples:
                        proxy_list: {$ref: '#/components/examples/proxy_list'}
                    text/plain:
                      schema:
                        description: |-
                          `ip:port:user:password` on each line, or `ip:port` where no login is needed; IPv6 addresses in brackets.
                          The port is that of HTTP where it is spoken, else that of SOCKS5, unless `protocol` says which.
                        type: string
                      examples:
                        proxies_plain: {$ref: '#/components/examples/proxies_plain'}
                    text/csv:
                      schema:
                        description: |-
                          RFC 4180, with a header row. A cell that a spreadsheet would take for a formula (it begins with `=`,
                          `+`, `-` or `@`) has an apostrophe before it; the other forms tell such a password as it is.
                        type: string
                      examples:
                        proxies_csv: {$ref: '#/components/examples/proxies_csv'}
                    text/uri-list:
                      schema:
                        description: |-
                          `http://user:password@ip:port` or `socks5://…` on each line, which ends with a line feed alone; user and
                          password percent-encoded, IPv6 addresses in brackets. Of a proxy that speaks both it is the URI for HTTP,
                          unless `protocol` says which.
                        type: string
                      examples:
                        proxies_uri: {$ref: '#/components/examples/proxies_uri'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409':
                  description: There are no proxies to tell, or not yet.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        proxies_not_ready: {$ref: '#/components/examples/proxies_not_ready'}
                        no_proxies: {$ref: '#/components/examples/no_proxies'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/BatchesRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '502': {$ref: '#/components/responses/VendorAuth'}
                '503': {$ref: '#/components/responses/VendorUnavailable'}
          /isp/batches/{id}/renew:
            post:
              operationId: renewBatch
              tags: [batches]
              summary: Rent a batch for longer
              description: |-
                The same action as `POST /orders/{id}/renew` of the order that bought the batch.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/batch_id'
                - $ref: '#/components/parameters/Action-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Renewal'}
                    examples:
                      renewal: {$ref: '#/components/examples/renewal'}
              responses:
                '201': {$ref: '#/components/responses/ActionDone'}
                '202': {$ref: '#/components/responses/ActionUnderWay'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '402': {$ref: '#/components/responses/ActionOverBudget'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409': {$ref: '#/components/responses/SpendingConflict'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/SpendingRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/ActionFault'}
                '502': {$ref: '#/components/responses/ActionVendorAuth'}
                '503': {$ref: '#/components/responses/SpendingUnavailable'}
          /isp/batches/{id}/refresh:
            post:
              operationId: refreshBatch
              tags: [batches]
              summary: Change every IP of a batch
              description: |-
                Once in each billing period; within 14 days of the sale it uses up the free replacements. An action: see `POST
                /orders/{id}/renew`. The body is empty or `{}`.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/batch_id'
                - $ref: '#/components/parameters/Action-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Nothing'}
              responses:
                '201': {$ref: '#/components/responses/ActionDone'}
                '202': {$ref: '#/components/responses/ActionUnderWay'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409': {$ref: '#/components/responses/ActionConflict'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/ActionRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/ActionFault'}
                '502': {$ref: '#/components/responses/ActionVendorAuth'}
                '503': {$ref: '#/components/responses/ActionUnavailable'}
          /isp/batches/{id}/rotate-password:
            post:
              operationId: rotatePassword
              tags: [batches]
              summary: Change the password that the IPs of a batch share
              description: |-
                The new one is in the next list of its IPs, and nowhere else. An action: see `POST /orders/{id}/renew`. The
                body is empty or `{}`.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/batch_id'
                - $ref: '#/components/parameters/Action-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Nothing'}
              responses:
                '201': {$ref: '#/components/responses/ActionDone'}
                '202': {$ref: '#/components/responses/ActionUnderWay'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409': {$ref: '#/components/responses/ActionConflict'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/ActionRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/ActionFault'}
                '502': {$ref: '#/components/responses/ActionVendorAuth'}
                '503': {$ref: '#/components/responses/ActionUnavailable'}
          /isp/batches/{id}/whitelist:
            get:
              operationId: listWhitelist
              tags: [batches]
              summary: Who may use a batch without a password
              description: |-
                Read from its vendor now; the whole list is one page.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/batch_id'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The entries.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Whitelist'}
                      examples:
                        whitelist: {$ref: '#/components/examples/whitelist'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/BatchesRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '502': {$ref: '#/components/responses/VendorAuth'}
                '503': {$ref: '#/components/responses/VendorUnavailable'}
            post:
              operationId: addToWhitelist
              tags: [batches]
              summary: Let an address use a batch without a password
              description: |-
                An action: see `POST /orders/{id}/renew`.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/batch_id'
                - $ref: '#/components/parameters/Action-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/WhitelistRequest'}
                    examples:
                      whitelist_request: {$ref: '#/components/examples/whitelist_request'}
              responses:
                '201': {$ref: '#/components/responses/ActionDone'}
                '202': {$ref: '#/components/responses/ActionUnderWay'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409': {$ref: '#/components/responses/ActionConflict'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/ActionRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/ActionFault'}
                '502': {$ref: '#/components/responses/ActionVendorAuth'}
                '503': {$ref: '#/components/responses/ActionUnavailable'}
          /isp/batches/{id}/whitelist/{entry}:
            delete:
              operationId: removeFromWhitelist
              tags: [batches]
              summary: Take an entry off the list of a batch
              description: |-
                An action: see `POST /orders/{id}/renew`. The body is empty or `{}`.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/batch_id'
                - $ref: '#/components/parameters/entry'
                - $ref: '#/components/parameters/Action-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Nothing'}
              responses:
                '201': {$ref: '#/components/responses/ActionDone'}
                '202': {$ref: '#/components/responses/ActionUnderWay'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409': {$ref: '#/components/responses/ActionConflict'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/ActionRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/ActionFault'}
                '502': {$ref: '#/components/responses/ActionVendorAuth'}
                '503': {$ref: '#/components/responses/ActionUnavailable'}
          /isp/ips/{ip_id}/replace:
            post:
              operationId: replaceIP
              tags: [batches]
              summary: Change one IP
              description: |-
                By its address, or by the vendor's id of it. Say with `batch_id` or `order_id` which batch it is of: without either it is looked
                for in the newest 20 batches of the caller, each read from its vendor, and is `not_found` when none of them
                shows it.

                A replacement is free within 14 days of the sale, then for a tenth of the batch in each billing period, as far
                as that is known (`replacements` of the batch). One that may be charged needs `max_total` or
                `allow_unknown_price`. An action: see `POST /orders/{id}/renew`. The body may be left out.
              x-purser-roles: [buyer, operator]
              parameters:
                - $ref: '#/components/parameters/ip_id'
                - $ref: '#/components/parameters/Action-Key'
                - $ref: '#/components/parameters/Prefer'
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Replacement'}
                    examples:
                      replacement: {$ref: '#/components/examples/replacement'}
              responses:
                '201': {$ref: '#/components/responses/ActionDone'}
                '202': {$ref: '#/components/responses/ActionUnderWay'}
                '400': {$ref: '#/components/responses/MalformedOrKeyless'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '402': {$ref: '#/components/responses/ActionOverBudget'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '409': {$ref: '#/components/responses/SpendingConflict'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/SpendingRefused'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/ActionFault'}
                '502': {$ref: '#/components/responses/ActionVendorAuth'}
                '503': {$ref: '#/components/responses/SpendingUnavailable'}
          /events:
            get:
              operationId: listAllEvents
              tags: [orders]
              summary: Every event of every order and action, in the order of the commits
              description: |-
                As `application/json` a page, oldest first, without gaps, from the first event on or behind `after`. As
                `text/event-stream` (by `Accept`) the same events, and then each as it is committed, until the caller leaves or the
                server stops: `id` is the event's id, `event` its type, `data` the event as JSON on one line. A stream that broke off
                is taken up with `Last-Event-ID`, as browsers do by themselves; nothing is missed and nothing comes twice. A comment
                comes after each 15 s without an event. A reader that takes nothing for 10 s is let go.

                A buyer sees the events of its own client's orders.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/limit'
                - $ref: '#/components/parameters/after'
                - $ref: '#/components/parameters/event_type'
                - $ref: '#/components/parameters/order_id_filter'
                - $ref: '#/components/parameters/event_client'
                - $ref: '#/components/parameters/Last-Event-ID'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: A page of events, or a stream of them.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Vary: {$ref: '#/components/headers/Vary'}
                    Link: {$ref: '#/components/headers/Link'}
                    X-Accel-Buffering: {$ref: '#/components/headers/X-Accel-Buffering'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/EventPage'}
                      examples:
                        event_list: {$ref: '#/components/examples/event_list'}
                    text/event-stream:
                      schema:
                        description: Server-sent events, as the HTML standard writes them.
                        type: string
                      examples:
                        event_stream: {$ref: '#/components/examples/event_stream'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403':
                  description: A buyer asks by `client`.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        forbidden: {$ref: '#/components/examples/forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /webhooks:
            post:
              operationId: createWebhook
              tags: [webhooks]
              summary: Have events sent to a URL
              description: |-
                Every event that is committed from now on, is of one of `events` and tells of an order of one of `clients` is sent
                there: `POST`, as the Standard Webhooks specification has it, signed with a secret that is in this answer and
                nowhere else. The host has to be among `webhooks.allowed_hosts` of the configuration. Nothing is spent, so no
                `Idempotency-Key` is read; whoever loses the answer finds the webhook in the list, and has its secret replaced.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/WebhookRequest'}
                    examples:
                      new_webhook: {$ref: '#/components/examples/new_webhook'}
                      every_event: {$ref: '#/components/examples/every_event'}
              responses:
                '201':
                  description: The webhook, with its secret.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Location: {$ref: '#/components/headers/WebhookLocation'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/CreatedWebhook'}
                      examples:
                        created_webhook: {$ref: '#/components/examples/created_webhook'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
            get:
              operationId: listWebhooks
              tags: [webhooks]
              summary: Every webhook
              description: |-
                Oldest first, without secrets. The whole list is one page: there are 100 at most.
              x-purser-roles: [auditor, operator]
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The webhooks.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/WebhookList'}
                      examples:
                        webhook_list: {$ref: '#/components/examples/webhook_list'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /webhooks/{id}:
            get:
              operationId: showWebhook
              tags: [webhooks]
              summary: One webhook, and how it does
              description: |-
                `active`: events are sent as they happen. `resting`: it kept failing, and is tried again at `next_attempt_at`; events
                wait for it. `disabled`: by an `operator`, or because it answered `410` (`gone`); no event is kept for it.
              x-purser-roles: [auditor, operator]
              parameters:
                - $ref: '#/components/parameters/webhook_id'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The webhook.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Webhook'}
                      examples:
                        webhook: {$ref: '#/components/examples/webhook'}
                        resting_webhook: {$ref: '#/components/examples/resting_webhook'}
                        disabled_webhook: {$ref: '#/components/examples/disabled_webhook'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
            patch:
              operationId: changeWebhook
              tags: [webhooks]
              summary: Change a webhook
              description: |-
                What the body names is changed, and nothing else. What was kept for it before stays; a new filter is for events from
                now on. With `enabled: true`, or another URL, what waits is sent at once.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/webhook_id'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/WebhookChange'}
                    examples:
                      enable_webhook: {$ref: '#/components/examples/enable_webhook'}
                      move_webhook: {$ref: '#/components/examples/move_webhook'}
              responses:
                '200':
                  description: The webhook as it is now.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Webhook'}
                      examples:
                        webhook: {$ref: '#/components/examples/webhook'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
            delete:
              operationId: removeWebhook
              tags: [webhooks]
              summary: Forget a webhook
              description: |-
                What it was owed is forgotten, too, and its secrets with it. What is on its way may still arrive.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/webhook_id'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The webhook as it was.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Webhook'}
                      examples:
                        webhook: {$ref: '#/components/examples/webhook'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /webhooks/{id}/rotate-secret:
            post:
              operationId: rotateWebhookSecret
              tags: [webhooks]
              summary: Replace the secret of a webhook
              description: |-
                The new one is in this answer and nowhere else. For a while both sign: `webhook-signature` has two signatures then,
                the new one first. A secret that was replaced before is forgotten. The body is empty, or says for how long.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/webhook_id'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/SecretRotation'}
                    examples:
                      one_day: {$ref: '#/components/examples/one_day'}
              responses:
                '200':
                  description: The webhook, with its new secret.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/CreatedWebhook'}
                      examples:
                        created_webhook: {$ref: '#/components/examples/created_webhook'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /webhooks/{id}/test:
            post:
              operationId: testWebhook
              tags: [webhooks]
              summary: Send a made-up event now
              description: |-
                An event of the type `webhook.test` is sent once, whatever the state of the webhook, and what came of it is the
                answer. Nothing of it is kept. The body is empty or `{}`.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/webhook_id'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Nothing'}
              responses:
                '200':
                  description: What came of it.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/WebhookTrial'}
                      examples:
                        taken_trial: {$ref: '#/components/examples/taken_trial'}
                        refused_trial: {$ref: '#/components/examples/refused_trial'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /webhooks/{id}/resend:
            post:
              operationId: resendFailedDeliveries
              tags: [webhooks]
              summary: Send again what failed
              description: |-
                Every delivery that failed, of an event at or after an instant, is sent again, for three days from now on. At most
                1000 at once, the oldest first: while `has_more` is true, ask again.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/webhook_id'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/ResendRequest'}
                    examples:
                      since_yesterday: {$ref: '#/components/examples/since_yesterday'}
              responses:
                '200':
                  description: How many are sent again.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/ResentDeliveries'}
                      examples:
                        resent_deliveries: {$ref: '#/components/examples/resent_deliveries'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /webhooks/{id}/deliveries:
            get:
              operationId: listWebhookDeliveries
              tags: [webhooks]
              summary: What a webhook was sent, and is owed
              description: |-
                Newest event first. Of one order, an event is sent once those before it are settled: until then it
                `waits_for_earlier`. Deliveries that are settled are listed for `webhooks.keep` of the configuration.
              x-purser-roles: [auditor, operator]
              parameters:
                - $ref: '#/components/parameters/webhook_id'
                - $ref: '#/components/parameters/delivery_status'
                - $ref: '#/components/parameters/delivery_order'
                - $ref: '#/components/parameters/limit'
                - $ref: '#/components/parameters/cursor'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: A page of deliveries.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Link: {$ref: '#/components/headers/Link'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/DeliveryList'}
                      examples:
                        delivery_list: {$ref: '#/components/examples/delivery_list'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /webhooks/{id}/deliveries/{event}/resend:
            post:
              operationId: resendWebhookDelivery
              tags: [webhooks]
              summary: Send one event again
              description: |-
                Whether it was taken or failed, it is sent again with the same id, before later events of its order that wait, and
                for three days from now on. The body is empty or `{}`.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/webhook_id'
                - $ref: '#/components/parameters/delivery_event'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Nothing'}
              responses:
                '200':
                  description: The delivery, which is on its way.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Delivery'}
                      examples:
                        delivery: {$ref: '#/components/examples/delivery'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /inventory:
            get:
              operationId: listInventory
              tags: [offers]
              summary: What can be bought, where, and for how much
              description: |-
                One row for each thing that a configured vendor says it sells, as far as it is known: by vendor in the configured
                order, then by product, country, city and ASN. What a vendor does not tell is `null`: one that has only lists
                (legacy) has a row for each country, with `rental_days`, and for each mobile operator, with `rotation_seconds`,
                none with a figure or a price; traffic by the GB has one row without a country. A filter that a vendor cannot
                honour for a product (`asn` at legacy, `country` for residential traffic) leaves that product out.

                `product` is one word for both kinds of mobile. A `mobile` row with a `country` or a `mobile_operator` is sold
                by the IP; one with neither is sold by the GB, and its price, where one is known, is `per` `gb`.

                Readings are kept: fresh for a while (60 s; reference lists for hours), then told as `stale` while one call
                renews them, and told on, flagged and with the time they are from (`as_of`), while a vendor cannot be reached
                (up to 24 h), also after a restart. What an order has touched is forgotten when it is bought. However many ask,
                one call goes to a vendor. `Cache-Control: no-cache` wants readings that were begun a second ago at most.
                Nothing about money is decided from a stale row.

                `Age` is that of the oldest reading. `max-age` counts from the reading, as RFC 9111 has it, so that what is left
                of the freshness is `max-age` less `Age`; it is 0 when anything is stale or missing. A vendor that cannot be read
                makes no error: its `state` says so.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/one_product'
                - $ref: '#/components/parameters/inventory_country'
                - $ref: '#/components/parameters/inventory_city'
                - $ref: '#/components/parameters/inventory_asn'
                - $ref: '#/components/parameters/vendor_name'
                - $ref: '#/components/parameters/Cache-Control'
                - $ref: '#/components/parameters/If-None-Match'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: What is known.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Cache-Status: {$ref: '#/components/headers/Cache-Status'}
                    Age: {$ref: '#/components/headers/Age'}
                    ETag: {$ref: '#/components/headers/ETag'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Inventory'}
                      examples:
                        inventory: {$ref: '#/components/examples/inventory'}
                        stale_inventory: {$ref: '#/components/examples/stale_inventory'}
                        mobile_inventory: {$ref: '#/components/examples/mobile_inventory'}
                '304':
                  description: The caller has this already.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Cache-Status: {$ref: '#/components/headers/Cache-Status'}
                    Age: {$ref: '#/components/headers/Age'}
                    ETag: {$ref: '#/components/headers/ETag'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
          /catalog:
            get:
              operationId: showCatalog
              tags: [offers]
              summary: What may be asked for
              description: |-
                For each enabled vendor and each product that it sells: which fields of an order it needs, takes, or has no use for,
                its limits, whether it can be quoted and whether it tells its stock, and what the vendor itself lists (countries,
                rental periods, mobile operators, promo codes). The lists are read from the vendor every few hours and say how old
                they are; `null` is a list that the vendor does not tell. While they are fresh, orders are checked by them.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/vendor_name'
                - $ref: '#/components/parameters/one_product'
                - $ref: '#/components/parameters/If-None-Match'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: A row for each vendor and product.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    ETag: {$ref: '#/components/headers/ETag'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Catalog'}
                      examples:
                        catalog: {$ref: '#/components/examples/catalog'}
                '304': {$ref: '#/components/responses/NotModified'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
          /vendors:
            get:
              operationId: listVendors
              tags: [operations]
              summary: How each vendor stands
              description: |-
                Every configured vendor in its configured order, disabled ones too. The whole list is one page. Accounts whose
                reading is not fresh (`inventory.fresh`) are read, all at once; a vendor that does not answer within two seconds is
                told as it was known before, with `no_answer_yet`.
              x-purser-roles: [auditor, operator]
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The vendors.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/VendorList'}
                      examples:
                        vendors: {$ref: '#/components/examples/vendors'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /vendors/{name}:
            get:
              operationId: showVendor
              tags: [operations]
              summary: How one vendor stands
              description: The vendor as it is in the list.
              x-purser-roles: [auditor, operator]
              parameters:
                - name: name
                  in: path
                  required: true
                  description: The vendor's name in the configuration.
                  schema:
                    type: string
                  example: helodata
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The vendor.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Vendor'}
                      examples:
                        vendor: {$ref: '#/components/examples/vendor'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /quotes:
            post:
              operationId: quoteOrder
              tags: [offers]
              summary: What an order would cost at each vendor
              description: |-
                The body is an order's, read as strictly. Nothing is bought, stored or reserved. There is a line for every
                configured vendor, the cheapest first; a vendor whose price cannot be known is there with the reason. `chosen` is
                the vendor that the order would be tried at first, now and by the same rules: an order a moment later may find
                other prices, and `max_total` is what holds them.

                The legacy vendor prices each request itself. HeloData's ISP price comes from its inventory, read at most five
                seconds before, and from the configured one for what of it tells no price; the price of traffic is that of the
                last order, else the configured one. Each line says which. Where the inventory leaves open what some of it
                costs, and nothing is configured, `total` is the least that it may be: `warnings` says so, and a request with
                `max_total` and without `allow_unknown_price` has the vendor ruled out.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/traceparent'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/OrderRequest'}
                    examples:
                      isp: {$ref: '#/components/examples/isp'}
                      residential: {$ref: '#/components/examples/residential'}
              responses:
                '200':
                  description: A line for each configured vendor.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Quotation'}
                      examples:
                        quotation: {$ref: '#/components/examples/quotation'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
          /buying:
            get:
              operationId: showBuying
              tags: [operations]
              summary: Whether buying goes on
              description: Who stopped buying, since when and why, and the newest hundred changes of it, the newest first.
              x-purser-roles: [auditor, operator]
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: Whether buying goes on.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Buying'}
                      examples:
                        buying_goes_on: {$ref: '#/components/examples/buying_goes_on'}
                        buying_stopped: {$ref: '#/components/examples/buying_stopped'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /buying/pause:
            post:
              operationId: pauseBuying
              tags: [operations]
              summary: Stop every new purchase
              description: |-
                Once this is answered no purchase and no action that may be charged is begun, by whatever process has this store:
                the database itself refuses it. New orders and such actions are answered `buying_paused`, with nothing stored; the
                same key as an earlier one answers that one as ever.

                An order that waits stays `pending`: it can be canceled, and goes on when buying does. One that waits longer than
                `orders.queue_limit` (counted anew after a restart) fails with `buying_paused`, and so does one whose earlier tries
                are proved to have bought nothing. What was sent before is brought to its end: calls on their way, evidence,
                tracking, and resends of an unknown order with its vendor's key, which find out what became of a purchase that is
                counted already. Reads and actions that cost nothing go on. Renewals that a vendor makes by itself are not stopped.

                A pause outlives a restart. Pausing again with another reason replaces the reason, and keeps the time of the first.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Pause'}
                    examples:
                      pause: {$ref: '#/components/examples/pause'}
              responses:
                '200':
                  description: Buying is paused.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Buying'}
                      examples:
                        buying_stopped: {$ref: '#/components/examples/buying_stopped'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /buying/resume:
            post:
              operationId: resumeBuying
              tags: [operations]
              summary: Let buying go on
              description: What waited is bought. While nothing is paused the answer is the same. The body is empty or `{}`.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: false
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Nothing'}
              responses:
                '200':
                  description: Buying goes on.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Buying'}
                      examples:
                        buying_goes_on: {$ref: '#/components/examples/buying_goes_on'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /budgets:
            get:
              operationId: listBudgets
              tags: [operations]
              summary: What clients may spend, and what of it is left
              description: |-
                Every budget as it stands now, by the names of the clients; a buyer sees its own. The whole list is one page. A
                client that is not there may spend anything.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The budgets.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/BudgetList'}
                      examples:
                        budgets: {$ref: '#/components/examples/budgets'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /budgets/{client}:
            get:
              operationId: showBudget
              tags: [operations]
              summary: What a client may spend, and what of it is left
              description: |-
                `spent`, `held` and `free` are the `limit`, at every commit, and what is shown is what refuses. What an order, a
                renewal or a paid replacement is expected to cost is held in the transaction that says that it may be sent; while
                its outcome is open it stays held, through any crash. When it is known that it was bought, the real total is
                spent, which may be more, so that `free` may be less than nothing; when it is proved that nothing was bought the
                hold is given back. What was sold at a price that nobody told, or not in US dollars, stays held. An action counts
                for its order's client, whoever asked for it; renewals that a vendor makes by itself do not count.

                An order counts in the period in which it was made. A buyer sees its own client's budget; another's is answered
                as none.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/budget_client'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The budget.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Budget'}
                      examples:
                        budget: {$ref: '#/components/examples/budget'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
            put:
              operationId: setBudget
              tags: [operations]
              summary: Set what a client may spend
              description: |-
                In force from this commit on. What the client has spent and holds in the period already counts; it is counted
                from all its orders, which takes a second or so for a million of them, in which nothing else is stored. An order
                whose price cannot be known before buying is refused with `price_unknown` where its client has a budget, which
                `allow_unknown_price` does not change: configure the vendor's prices, or remove the budget.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/budget_client'
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/BudgetRequest'}
                    examples:
                      new_budget: {$ref: '#/components/examples/new_budget'}
              responses:
                '200':
                  description: The budget as it stands now.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Budget'}
                      examples:
                        budget: {$ref: '#/components/examples/budget'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
            delete:
              operationId: removeBudget
              tags: [operations]
              summary: Let a client spend anything
              description: Removes the budget; the answer is its changes, which are kept.
              x-purser-roles: [operator]
              parameters:
                - $ref: '#/components/parameters/budget_client'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The changes of the budget, the newest first.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/BudgetChangeList'}
                      examples:
                        budget_changes: {$ref: '#/components/examples/budget_changes'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /budgets/{client}/changes:
            get:
              operationId: listBudgetChanges
              tags: [operations]
              summary: Who changed a client's budget
              description: The newest hundred changes, the newest first; also of a budget that was removed.
              x-purser-roles: [buyer, auditor, operator]
              parameters:
                - $ref: '#/components/parameters/budget_client'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The changes.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/BudgetChangeList'}
                      examples:
                        budget_changes: {$ref: '#/components/examples/budget_changes'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /keys:
            servers:
              - url: /
                description: Only on the Unix socket beside the database file, where no key is needed
            get:
              operationId: listKeys
              tags: [keys]
              summary: Every key, without its secret
              description: Every key, revoked ones too, oldest first. The whole list is one page.
              x-purser-roles: [operator]
              x-purser-local: true
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The keys.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/KeyList'}
                      examples:
                        key_list: {$ref: '#/components/examples/key_list'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
            post:
              operationId: issueKey
              tags: [keys]
              summary: Make a key
              description: The token is in this answer and nowhere else; Purser keeps only a digest of its secret.
              x-purser-roles: [operator]
              x-purser-local: true
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/KeyRequest'}
                    examples:
                      new_key: {$ref: '#/components/examples/new_key'}
              responses:
                '201':
                  description: The key, with its token.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/IssuedKey'}
                      examples:
                        issued_key: {$ref: '#/components/examples/issued_key'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /keys/{id}:
            servers:
              - url: /
                description: Only on the Unix socket beside the database file, where no key is needed
            delete:
              operationId: revokeKey
              tags: [keys]
              summary: Revoke a key
              description: From this answer on the key opens nothing, for good. Revoking twice keeps the first time.
              x-purser-roles: [operator]
              x-purser-local: true
              parameters:
                - $ref: '#/components/parameters/key_id'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The key, now revoked.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Key'}
                      examples:
                        revoked_key: {$ref: '#/components/examples/revoked_key'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /copies:
            servers:
              - url: /
                description: Only on the Unix socket beside the database file, where no key is needed
            post:
              operationId: copyStore
              tags: [operations]
              summary: Copy the database into a new file, while it is used
              description: |-
                Copies everything that is committed, page by page between commits, into a new file on the server's machine with
                mode 0600. The copy is of one instant; it is neither fsynced nor checked. `purser backup` asks for one, checks
                it, and moves it to its place.
              x-purser-roles: [operator]
              x-purser-local: true
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/CopyRequest'}
                    examples:
                      new_copy: {$ref: '#/components/examples/new_copy'}
              responses:
                '201':
                  description: The copy is made.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Copy'}
                      examples:
                        copy: {$ref: '#/components/examples/copy'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Unavailable'}
          /healthz:
            get:
              operationId: showHealth
              tags: [operations]
              summary: The process lives
              description: Answers as long as the process can answer at all.
              security: []
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: It lives.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Health'}
                      examples:
                        health: {$ref: '#/components/examples/health'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
          /readyz:
            get:
              operationId: showReadiness
              tags: [operations]
              summary: It may take orders
              description: The store writes, and the server is not stopping. Never calls a vendor.
              security: []
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: It may take orders.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Readiness'}
                      examples:
                        ready: {$ref: '#/components/examples/ready'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503':
                  description: Not now; the failing checks are named. Or the server is too busy to say.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Retry-After: {$ref: '#/components/headers/Retry-After'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Readiness'}
                      examples:
                        not_ready: {$ref: '#/components/examples/not_ready'}
                    application/problem+json:
                      schema: {$ref: '#/components/schemas/Problem'}
                      examples:
                        overloaded: {$ref: '#/components/examples/overloaded'}
          /metrics:
            get:
              operationId: showMetrics
              tags: [operations]
              summary: Figures for Prometheus
              description: |-
                Prometheus' text format 0.0.4: calls by route with their latency, calls to vendors by outcome, orders by status,
                unknown orders and the age of the oldest by vendor, money spent and held, and how the store does. Labels are
                routes, vendors and words of closed sets, never a path, a client or a secret. Calls no vendor; sums are told
                for a few seconds. Needs no key unless the configuration says so; then an auditor's or an operator's.
              security: []
              parameters:
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The figures.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                  content:
                    text/plain:
                      schema: {type: string}
                      examples:
                        metrics: {$ref: '#/components/examples/metrics'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '403': {$ref: '#/components/responses/Forbidden'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '429': {$ref: '#/components/responses/RateLimited'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
          /openapi.yaml:
            get:
              operationId: showContractAsYAML
              tags: [documents]
              summary: This document as YAML
              description: The contract that this server was built with.
              security: []
              parameters:
                - $ref: '#/components/parameters/If-None-Match'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The document.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    ETag: {$ref: '#/components/headers/ETag'}
                  content:
                    application/yaml:
                      schema: {$ref: '#/components/schemas/AnyText'}
                '304': {$ref: '#/components/responses/NotModified'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
          /openapi.json:
            get:
              operationId: showContractAsJSON
              tags: [documents]
              summary: This document as JSON
              description: The contract that this server was built with.
              security: []
              parameters:
                - $ref: '#/components/parameters/If-None-Match'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The document.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    ETag: {$ref: '#/components/headers/ETag'}
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/AnyObject'}
                '304': {$ref: '#/components/responses/NotModified'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
          /docs:
            get:
              operationId: showContractAsPage
              tags: [documents]
              summary: This document as a page
              description: The contract that this server was built with, to read in a browser; nothing is fetched from anywhere else.
              security: []
              parameters:
                - $ref: '#/components/parameters/If-None-Match'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The page.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    ETag: {$ref: '#/components/headers/ETag'}
                  content:
                    text/html:
                      schema: {$ref: '#/components/schemas/AnyText'}
                '304': {$ref: '#/components/responses/NotModified'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
          /problems/{code}:
            get:
              operationId: showProblem
              tags: [documents]
              summary: A page about a problem
              description: |-
                What the code means, what it says about money, and what to do: where a problem's `type` leads.
              security: []
              parameters:
                - $ref: '#/components/parameters/code'
                - $ref: '#/components/parameters/X-Request-Id'
              responses:
                '200':
                  description: The page, as HTML where `Accept` names `text/html`.
                  headers:
                    X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                    Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                    Vary: {$ref: '#/components/headers/Vary'}
                  content:
                    text/html:
                      schema: {$ref: '#/components/schemas/AnyText'}
                    text/plain:
                      schema: {$ref: '#/components/schemas/AnyText'}
                '400': {$ref: '#/components/responses/MalformedRequest'}
                '401': {$ref: '#/components/responses/Unauthenticated'}
                '404': {$ref: '#/components/responses/NotFound'}
                '408': {$ref: '#/components/responses/RequestTimeout'}
                '413': {$ref: '#/components/responses/BodyTooLarge'}
                '415': {$ref: '#/components/responses/UnsupportedMediaType'}
                '417': {$ref: '#/components/responses/ExpectationFailed'}
                '422': {$ref: '#/components/responses/InvalidRequest'}
                '500': {$ref: '#/components/responses/InternalError'}
                '503': {$ref: '#/components/responses/Overloaded'}
        webhooks:
          event:
            post:
              operationId: receiveEvent
              tags: [webhooks]
              summary: What a webhook is sent
              description: |-
                Purser sends each event that a webhook wants to its URL, the events of an order in their order, and tries again for
                three days until it is answered with a `2xx`. An event may come twice: drop a `webhook-id` that was had already.
                Verify the signature over the body as it came, before anything parses it. `410` disables the webhook.
              security: []
              parameters:
                - name: webhook-id
                  in: header
                  required: true
                  description: The event's id, the same at every attempt.
                  schema: {$ref: '#/components/schemas/EventID'}
                - name: webhook-timestamp
                  in: header
                  required: true
                  description: When this attempt was made, in seconds since 1970.
                  schema:
                    type: string
                    pattern: '^[0-9]+$'
                - name: webhook-signature
                  in: header
                  required: true
                  description: |-
                    `v1,` and the base64 of the HMAC-SHA256 of `webhook-id.webhook-timestamp.body` under the webhook's secret; two of
                    them, with a blank between, while a secret is being replaced.
                  schema:
                    type: string
                    pattern: '^v1,[A-Za-z0-9+/]+={0,2}( v1,[A-Za-z0-9+/]+={0,2})?$'
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      oneOf:
                        - $ref: '#/components/schemas/EventMessage'
                        - $ref: '#/components/schemas/TestMessage'
                    examples:
                      sold:
                        summary: An order is completed
                        value:
                          type: order.completed
                          timestamp: '2026-05-28T10:00:00.000Z'
                          data:
                            id: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1
                            number: 4
                            type: order.completed
                            order_id: ord_01JDA3V4T8Z3M7N5Q6R8S9T0W1
                            action_id: null
                            state: completed
                            previous: purchasing
                            cause: vendor_answer
                            actor: {kind: vendor, name: helodata}
                            request_id: req_01JDA3V4T8Z3M7N5Q6R8S9T0W1
                            at: '2026-05-28T10:00:00.000Z'
                            data:
                              vendor: helodata
                              vendor_order_id: ord_01HXabc
                              batch_id: bat_01HXabc
                              total: {amount: '120.00', currency: USD}
                              total_source: vendor
                              expires_at: '2026-06-28T10:00:00.000Z'
                      renewed:
                        summary: A renewal is completed
                        value:
                          type: action.completed
                          timestamp: '2026-06-20T10:00:00.000Z'
                          data:
                            id: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W2
                            number: 7
                            type: action.completed
                            order_id: ord_01JDA3V4T8Z3M7N5Q6R8S9T0W1
                            action_id: act_01JDA3V4T8Z3M7N5Q6R8S9T0W3
                            state: completed
                            previous: completed
                            cause: vendor_answer
                            actor: {kind: vendor, name: helodata}
                            request_id: req_01JDA3V4T8Z3M7N5Q6R8S9T0W4
                            at: '2026-06-20T10:00:00.000Z'
                            data:
                              kind: renew
                              request: {kind: renew, months: 1, max_total: '120.00'}
                              vendor: helodata
                              total: {amount: '120.00', currency: USD}
                              total_source: vendor
                              expires_at: '2026-07-28T10:00:00.000Z'
                      test:
                        summary: A test
                        value:
                          type: webhook.test
                          timestamp: '2026-05-28T10:00:00.000Z'
                          data:
                            id: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1
                            type: webhook.test
                            webhook_id: whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC
              responses:
                '200':
                  description: Taken; any `2xx` says so, and only the status is read.
        components:
          securitySchemes:
            key:
              type: http
              scheme: bearer
              description: |-
                A client's key, as `purser keys create` prints it once: `Authorization: Bearer pk_…`. Exactly one header; a
                key in the query is not read. On the Unix socket beside the database file no key is needed.
          parameters:
            X-Request-Id:
              name: X-Request-Id
              in: header
              description: |-
                The caller's own id for the call: 1 to 128 visible ASCII characters are kept, anything else is replaced.
              schema:
                type: string
            vendor_name:
              name: vendor
              in: query
              description: Only this configured vendor.
              schema:
                type: string
              example: legacy
            one_product:
              name: product
              in: query
              description: Only this product.
              schema:
                type: string
                enum: [residential, mobile, isp, ipv4, ipv6]
            proxy_format:
              name: format
              in: query
              description: |-
                How the proxies are told. Without it `Accept` decides, and JSON is sent where `Accept` names none of the forms.
              schema:
                type: string
                enum: [json, plain, csv, uri]
            proxy_protocol:
              name: protocol
              in: query
              description: Which port `plain` and `uri` tell. The proxies of an order that do not speak it are a `409`.
              schema:
                type: string
                enum: [http, socks5]
            partial:
              name: partial
              in: query
              description: Whether an order that is still being provisioned may tell what is there so far.
              schema:
                type: string
                enum: ['true', 'false']
                default: 'false'
            order_id:
              name: id
              in: path
              required: true
              description: The order's id. Anything that cannot be one is answered as an order that does not exist.
              schema: {$ref: '#/components/schemas/OrderID'}
            Action-Key:
              name: Idempotency-Key
              in: header
              required: true
              description: |-
                The caller's name for this action, unique for the client among its orders and actions: exactly one header of 1 to
                255 visible ASCII characters. The quotes of a structured-field string may stand around it and are not part of it.
              schema:
                type: string
                minLength: 1
              example: renew-2026-06-27-001
            Refund-Key:
              name: Idempotency-Key
              in: header
              required: true
              description: |-
                The operator's name for this refund, unique for the client among its orders, actions and refunds: exactly one header
                of 1 to 255 visible ASCII characters. The quotes of a structured-field string may stand around it and are not part
                of it.
              schema:
                type: string
                minLength: 1
              example: credit-note-2026-0417
            budget_client:
              name: client
              in: path
              required: true
              description: The client's name. Anything that cannot be one has no budget.
              schema: {type: string, minLength: 1}
              example: crawler
            action_id:
              name: id
              in: path
              required: true
              description: The action's id. Anything that cannot be one is answered as an action that does not exist.
              schema: {$ref: '#/components/schemas/ActionID'}
            webhook_id:
              name: id
              in: path
              required: true
              description: The webhook's id. Anything that cannot be one is answered as a webhook that does not exist.
              schema: {$ref: '#/components/schemas/WebhookID'}
            delivery_event:
              name: event
              in: path
              required: true
              description: The event's id, which is the `webhook-id` that its receiver was sent.
              schema: {$ref: '#/components/schemas/EventID'}
            delivery_status:
              name: status
              in: query
              description: Only deliveries in this state.
              schema: {$ref: '#/components/schemas/DeliveryStatus'}
            delivery_order:
              name: order_id
              in: query
              description: Only events of this order.
              schema: {$ref: '#/components/schemas/OrderID'}
            batch_id:
              name: id
              in: path
              required: true
              description: The vendor's id of the batch. Anything that cannot be one is answered as a batch that does not exist.
              schema: {$ref: '#/components/schemas/VendorID'}
            ip_id:
              name: ip_id
              in: path
              required: true
              description: The vendor's id of the IP, or its address, as `GET /isp/batches/{id}/ips` tells it.
              schema: {$ref: '#/components/schemas/VendorID'}
            entry:
              name: entry
              in: path
              required: true
              description: The vendor's id of the entry.
              schema: {$ref: '#/components/schemas/VendorID'}
            batch_vendor:
              name: vendor
              in: query
              description: Only of this configured vendor, which sells batches.
              schema:
                type: string
              example: helodata
            confirm:
              name: confirm
              in: query
              required: true
              description: The id of the batch once more, since nothing is refunded.
              schema: {$ref: '#/components/schemas/VendorID'}
            key_id:
              name: id
              in: path
              required: true
              description: The key's id.
              schema: {$ref: '#/components/schemas/KeyID'}
            code:
              name: code
              in: path
              required: true
              description: The problem's code.
              schema: {$ref: '#/components/schemas/ProblemCode'}
            Idempotency-Key:
              name: Idempotency-Key
              in: header
              required: true
              description: |-
                The caller's name for this purchase, unique for the client among its orders and actions: exactly one header of 1 to 255 visible ASCII
                characters. The quotes of a structured-field string may stand around it and are not part of it. The
                configuration can make the header optional; a call without it is then a new purchase each time.
              schema:
                type: string
                minLength: 1
              example: crawler-2026-05-28-001
            Prefer:
              name: Prefer
              in: header
              description: |-
                `wait=N` waits up to N seconds for the outcome, 0 to 60; more is taken as 60. `respond-async` is `wait=0`.
                Without it the configuration decides (30 s). What cannot be read is ignored.
              schema:
                type: string
              example: wait=10
            traceparent:
              name: traceparent
              in: header
              description: W3C trace context, passed on to the vendor. What cannot be read is ignored.
              schema:
                type: string
              example: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
            If-None-Match:
              name: If-None-Match
              in: header
              description: The `ETag` of what the caller has; if it is still the same, the answer is `304`.
              schema:
                type: string
            wait:
              name: wait
              in: query
              description: How many seconds to hold the answer until the order or action changes or settles.
              schema:
                type: integer
                minimum: 0
                maximum: 60
            limit:
              name: limit
              in: query
              description: How many rows a page has at most.
              schema:
                type: integer
                minimum: 1
                maximum: 200
                default: 50
            cursor:
              name: cursor
              in: query
              description: The `next_cursor` of the page before, with the same filters; with others it is refused.
              schema:
                type: string
            status:
              name: status
              in: query
              description: One or more, with commas between.
              style: form
              explode: false
              schema:
                type: array
                minItems: 1
                items: {$ref: '#/components/schemas/Status'}
            action_status:
              name: status
              in: query
              description: One or more, with commas between.
              style: form
              explode: false
              schema:
                type: array
                minItems: 1
                items: {$ref: '#/components/schemas/ActionStatus'}
            action_kind:
              name: kind
              in: query
              description: One or more, with commas between.
              style: form
              explode: false
              schema:
                type: array
                minItems: 1
                items: {$ref: '#/components/schemas/ActionKind'}
            refunded_order:
              name: order_id
              in: query
              description: Only refunds of this order.
              schema: {$ref: '#/components/schemas/OrderID'}
            refunded_after:
              name: created_after
              in: query
              description: Only refunds written down at this instant or later. RFC 3339 with any offset, or a bare date.
              schema:
                type: string
              example: '2026-05-01'
            refunded_before:
              name: created_before
              in: query
              description: Only refunds written down before this instant, so that windows tile.
              schema:
                type: string
              example: '2026-06-01'
            about_order:
              name: order_id
              in: query
              description: Only actions on this order.
              schema: {$ref: '#/components/schemas/OrderID'}
            needs_review:
              name: needs_review
              in: query
              description: Only those that a person has to decide, or only the others.
              schema:
                type: boolean
            product:
              name: product
              in: query
              description: One or more, with commas between.
              style: form
              explode: false
              schema:
                type: array
                minItems: 1
                items: {$ref: '#/components/schemas/Product'}
            vendor:
              name: vendor
              in: query
              description: >-
                One or more names of vendors, with commas between; each one that is configured, or that an order in sight had.
              style: form
              explode: false
              schema:
                type: array
                minItems: 1
                maxItems: 50
                items:
                  type: string
                  minLength: 1
                  maxLength: 64
            client:
              name: client
              in: query
              description: |-
                One or more names of clients, with commas between. For auditors and operators; a buyer, who sees its own
                client's orders in any case, is answered `403`.
              style: form
              explode: false
              schema:
                type: array
                minItems: 1
                maxItems: 50
                items:
                  type: string
                  minLength: 1
                  maxLength: 64
            inventory_country:
              name: country
              in: query
              description: Only in this country; ISO 3166-1 alpha-2 or alpha-3 in any case.
              schema:
                type: string
              example: us
            inventory_city:
              name: city
              in: query
              description: Only in this city, where the vendor tells cities. Case, blanks and hyphens do not matter.
              schema:
                type: string
                minLength: 1
                maxLength: 64
              example: newyork
            inventory_asn:
              name: asn
              in: query
              description: Only of this autonomous system.
              schema:
                type: integer
                minimum: 1
                maximum: 4294967295
            Cache-Control:
              name: Cache-Control
              in: header
              description: |-
                `no-cache` wants readings that were begun a second ago at most, so that many such callers cause one call a
                second for each reading. Where a vendor cannot be read, what was known before is told. From an
                auditor it changes nothing.
              schema:
                type: string
              example: no-cache
            after:
              name: after
              in: query
              description: |-
                Only events behind this one, by its id: the last one that was read. `latest`: only what comes from now on.
              schema:
                type: string
              example: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1
            event_type:
              name: type
              in: query
              description: Only events of these types, with commas between.
              schema:
                type: string
              example: order.completed,order.failed
            order_id_filter:
              name: order_id
              in: query
              description: Only events of this order.
              schema:
                type: string
              example: ord_01JDA3V4T8Z3M7N5Q6R8S9T0W1
            event_client:
              name: client
              in: query
              description: Only events of this client's orders; for auditors and operators.
              schema:
                type: string
              example: crawler
            Last-Event-ID:
              name: Last-Event-ID
              in: header
              description: For streams, in place of `after`.
              schema:
                type: string
              example: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1
            group_by:
              name: group_by
              in: query
              description: |-
                By what orders are told apart, with commas between: `day`, `month`, `vendor`, `product`, `client`, `country`, `status`,
                `metadata[name]`. None: everything together. At most 10,000 groups are told.
              schema:
                type: string
              example: day,vendor
            tz:
              name: tz
              in: query
              description: Where days and months begin, by its IANA name.
              schema:
                type: string
                default: UTC
              example: Europe/Berlin
            statistics_format:
              name: format
              in: query
              description: Goes before `Accept`.
              schema:
                type: string
                enum: [json, csv]
            country_filter:
              name: country
              in: query
              description: Only orders for these countries, alpha-2 or alpha-3 in any case, with commas between.
              schema:
                type: string
              example: US,DE
            metadata:
              name: metadata
              in: query
              description: |-
                Only orders whose metadata has this value under this name: `metadata[team]=crawl`. Several names may be asked for; an
                order has to have them all.
              style: deepObject
              explode: true
              schema:
                type: object
                additionalProperties:
                  type: string
                  maxLength: 500
              example: {team: crawl}
            idempotency_key:
              name: idempotency_key
              in: query
              description: Only the order that was made with this key, of each client that may be seen.
              schema:
                type: string
              example: crawler-2026-05-28-001
            vendor_order_id:
              name: vendor_order_id
              in: query
              description: Only the order that the vendor knows by this id.
              schema:
                type: string
              example: ord_01HXabc
            batch_id_filter:
              name: batch_id
              in: query
              description: Only the order that bought this batch.
              schema:
                type: string
              example: bat_01HXabc
            q:
              name: q
              in: query
              description: |-
                Only orders that this text finds: as their id, the vendor's id, their batch, their idempotency key, or the beginning
                of a value of their metadata.
              schema:
                type: string
                minLength: 1
                maxLength: 500
              example: bat_01HXabc
            min_total:
              name: min_total
              in: query
              description: Only orders that cost at least this. An order whose total nobody told is left out.
              schema:
                type: string
              example: '100.00'
            max_total:
              name: max_total
              in: query
              description: Only orders that cost at most this. An order whose total nobody told is left out.
              schema:
                type: string
              example: '250.00'
            fields:
              name: fields
              in: query
              description: |-
                Only these members of each order, with commas between; for CSV, these columns in this order. Default: all.
              schema:
                type: string
              example: id,status,total
            export_format:
              name: format
              in: query
              description: |-
                `json` for a page, `csv` or `ndjson` for the whole filtered history; goes before `Accept`. An export takes no `limit`
                and no `cursor`.
              schema:
                type: string
                enum: [json, csv, ndjson]
            before:
              name: before
              in: query
              description: |-
                Of an export, only what comes behind this order in history: where an export that broke off is read on. What is read
                then is as it stands now.
              schema:
                type: string
              example: ord_01JDA3V4T8Z3M7N5Q6R8S9T0W1
            created_after:
              name: created_after
              in: query
              description: Only orders made at this instant or later. RFC 3339 with any offset, or a bare date (midnight UTC).
              schema:
                type: string
              example: '2026-05-28T10:00:00+02:00'
            created_before:
              name: created_before
              in: query
              description: Only orders made before this instant, so that windows tile.
              schema:
                type: string
              example: '2026-06-01'
            expires_after:
              name: expires_after
              in: query
              description: Only sold orders whose goods lapse at this instant or later.
              schema:
                type: string
              example: '2026-05-28'
            expires_before:
              name: expires_before
              in: query
              description: |-
                Only sold orders whose goods lapse before this instant; with `expires_after` as of now, those that are about to.
              schema:
                type: string
              example: '2026-06-04'
          headers:
            X-Request-Id:
              description: The id of the call, in logs, errors and the order's events too.
              required: true
              schema:
                type: string
                pattern: '^[!-~]{1,128}$'
            Cache-Control:
              description: How long the answer may be kept.
              schema:
                type: string
            X-Accel-Buffering:
              description: Tells a proxy on the way not to hold a stream back.
              schema:
                type: string
                enum: ['no']
            Content-Disposition:
              description: A file name for an export.
              schema:
                type: string
            OrdersTrailer:
              description: |-
                Says that `X-Orders-Count` comes behind the body: how many orders the export has. It is there only behind an export
                that is whole.
              schema:
                type: string
                enum: [X-Orders-Count]
            Vary:
              description: What the answer depends on.
              schema:
                type: string
            Location:
              description: Where the order is.
              required: true
              schema:
                type: string
                pattern: '^(/v1)?/orders/ord_[0-9A-HJKMNP-TV-Z]{26}$'
            WebhookLocation:
              description: Where the webhook is.
              required: true
              schema:
                type: string
                pattern: '^(/v1)?/webhooks/whk_[0-9A-HJKMNP-TV-Z]{26}$'
            ActionLocation:
              description: Where the action is.
              required: true
              schema:
                type: string
                pattern: '^(/v1)?/actions/act_[0-9A-HJKMNP-TV-Z]{26}$'
            Retry-After:
              description: How many seconds to pause before the order or action is read, or the call is sent, again.
              schema:
                type: string
                pattern: '^[0-9]+$'
            Idempotent-Replayed:
              description: Says `true` when the key had been used before.
              schema:
                type: string
                enum: ['true']
            Preference-Applied:
              description: What was honoured of `Prefer`; on a problem, where it names an order or an action that was waited for.
              schema:
                type: string
            ETag:
              description: Changes whenever the body does.
              required: true
              schema:
                type: string
            Age:
              description: How many seconds ago the oldest reading behind the answer was begun; left out when nothing was read.
              schema:
                type: string
                pattern: '^[0-9]+$'
            Cache-Status:
              description: |-
                How the answer came about (RFC 9211): `purser; hit`, or `purser; hit; ttl=-N; detail=stale` when a reading is N
                seconds past its freshness, or `purser; hit; detail=incomplete` when a vendor could not be read a moment ago;
                `purser; fwd=miss; stored` when a vendor was asked first, `fwd=request` when the caller wanted that.
              required: true
              schema:
                type: string
                pattern: '^purser; (hit(; ttl=-?[0-9]+)?(; detail=[a-z]+)?|fwd=(miss|request)(; stored)?)$'
            X-Proxies-Ordered:
              description: How many proxies were ordered.
              schema:
                type: string
                pattern: '^[1-9][0-9]*$'
            Trailer:
              description: |-
                Says that `X-Proxies-Count` comes behind the body: how many proxies the list has. It is there only behind a list
                that is whole.
              schema:
                type: string
                enum: [X-Proxies-Count]
            Link:
              description: The next page, with `rel="next"`; left out on the last one.
              schema:
                type: string
            WWW-Authenticate:
              description: How to say who is calling.
              required: true
              schema:
                type: string
                enum: [Bearer]
          responses:
            MalformedRequest:
              description: Not a readable request. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    malformed_request: {$ref: '#/components/examples/malformed_request'}
            Unauthenticated:
              description: No key, more than one, or none that is in force; all answered alike.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                WWW-Authenticate: {$ref: '#/components/headers/WWW-Authenticate'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    unauthenticated: {$ref: '#/components/examples/unauthenticated'}
            Forbidden:
              description: The key's role does not allow this call.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    forbidden: {$ref: '#/components/examples/forbidden'}
            NotFound:
              description: No such object, or another client's, or one that is not served on this side.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    not_found: {$ref: '#/components/examples/not_found'}
            RequestTimeout:
              description: The request did not arrive in time. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    request_timeout: {$ref: '#/components/examples/request_timeout'}
            BodyTooLarge:
              description: The body has more than 64 KiB. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    body_too_large: {$ref: '#/components/examples/body_too_large'}
            UnsupportedMediaType:
              description: The body is not plain JSON. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    unsupported_media_type: {$ref: '#/components/examples/unsupported_media_type'}
            ExpectationFailed:
              description: An `Expect` other than `100-continue`. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    expectation_failed: {$ref: '#/components/examples/expectation_failed'}
            InvalidRequest:
              description: A field or a parameter is wrong; `errors` names every one. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    invalid_request: {$ref: '#/components/examples/invalid_request'}
            RateLimited:
              description: Over a limit, such as 20 wrong keys a minute from one address. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    rate_limited: {$ref: '#/components/examples/rate_limited'}
            InternalError:
              description: A fault that nobody foresaw.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    internal_error: {$ref: '#/components/examples/internal_error'}
            Overloaded:
              description: Put aside before anything was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    overloaded: {$ref: '#/components/examples/overloaded'}
            Unavailable:
              description: Put aside before anything was done, or the store cannot be used.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    overloaded: {$ref: '#/components/examples/overloaded'}
                    store_unavailable: {$ref: '#/components/examples/store_unavailable'}
            ActionDone:
              description: It was done; the action is `completed`.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Location: {$ref: '#/components/headers/ActionLocation'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
              content:
                application/json:
                  schema: {$ref: '#/components/schemas/Action'}
                  examples:
                    renewed_action: {$ref: '#/components/examples/renewed_action'}
                    replaced_action: {$ref: '#/components/examples/replaced_action'}
            ActionUnderWay:
              description: Not settled yet; `pending`, `running` or `unknown`. Read it at `Location` after the pause.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Location: {$ref: '#/components/headers/ActionLocation'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/json:
                  schema: {$ref: '#/components/schemas/Action'}
                  examples:
                    running_action: {$ref: '#/components/examples/running_action'}
                    unknown_action: {$ref: '#/components/examples/unknown_action'}
            MalformedOrKeyless:
              description: Not a readable request, or no key. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    malformed_request: {$ref: '#/components/examples/malformed_request'}
                    idempotency_key_missing: {$ref: '#/components/examples/idempotency_key_missing'}
            ActionOverBudget:
              description: The client's budget cannot hold the price. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    budget_exceeded: {$ref: '#/components/examples/budget_exceeded'}
            ActionConflict:
              description: The goods or the vendor's account stand against it. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    action_not_allowed: {$ref: '#/components/examples/action_not_allowed'}
                    insufficient_balance: {$ref: '#/components/examples/insufficient_balance'}
                    kyc_required: {$ref: '#/components/examples/kyc_required'}
            SpendingConflict:
              description: The goods, the vendor's account or the price stand against it. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    action_not_allowed: {$ref: '#/components/examples/action_not_allowed'}
                    insufficient_balance: {$ref: '#/components/examples/insufficient_balance'}
                    kyc_required: {$ref: '#/components/examples/kyc_required'}
                    price_above_limit: {$ref: '#/components/examples/price_above_limit'}
                    price_unknown: {$ref: '#/components/examples/price_unknown'}
            ActionRefused:
              description: Its vendor cannot do this or refused it, or the key belongs to another request. Nothing was done by this call.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    invalid_request: {$ref: '#/components/examples/invalid_request'}
                    idempotency_key_reused: {$ref: '#/components/examples/idempotency_key_reused'}
                    insufficient_inventory: {$ref: '#/components/examples/insufficient_inventory'}
                    quantity_out_of_range: {$ref: '#/components/examples/quantity_out_of_range'}
                    vendor_rejected: {$ref: '#/components/examples/vendor_rejected'}
            SpendingRefused:
              description: Its vendor cannot do this or refused it, or the key belongs to another request. Nothing was done by this call.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    invalid_request: {$ref: '#/components/examples/invalid_request'}
                    idempotency_key_reused: {$ref: '#/components/examples/idempotency_key_reused'}
                    insufficient_inventory: {$ref: '#/components/examples/insufficient_inventory'}
                    quantity_out_of_range: {$ref: '#/components/examples/quantity_out_of_range'}
                    vendor_rejected: {$ref: '#/components/examples/vendor_rejected'}
                    promo_code_invalid: {$ref: '#/components/examples/promo_code_invalid'}
            ActionFault:
              description: A fault that nobody foresaw, before anything was made durable.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    internal_error: {$ref: '#/components/examples/internal_error'}
            ActionVendorAuth:
              description: The vendor refused Purser's own credentials. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    vendor_auth_failed: {$ref: '#/components/examples/vendor_auth_failed'}
            ActionUnavailable:
              description: Not now. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    overloaded: {$ref: '#/components/examples/overloaded'}
                    vendor_unavailable: {$ref: '#/components/examples/vendor_unavailable'}
                    store_unavailable: {$ref: '#/components/examples/store_unavailable'}
            SpendingUnavailable:
              description: Not now. Nothing was done.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Idempotent-Replayed: {$ref: '#/components/headers/Idempotent-Replayed'}
                Preference-Applied: {$ref: '#/components/headers/Preference-Applied'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    buying_paused: {$ref: '#/components/examples/buying_paused'}
                    overloaded: {$ref: '#/components/examples/overloaded'}
                    vendor_unavailable: {$ref: '#/components/examples/vendor_unavailable'}
                    store_unavailable: {$ref: '#/components/examples/store_unavailable'}
            BatchesRefused:
              description: A parameter is wrong, or the vendor refused to show it.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    invalid_request: {$ref: '#/components/examples/invalid_request'}
                    vendor_rejected: {$ref: '#/components/examples/vendor_rejected'}
            VendorAuth:
              description: The vendor refused Purser's own credentials. Nothing was changed.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    vendor_auth_failed: {$ref: '#/components/examples/vendor_auth_failed'}
            VendorUnavailable:
              description: Not now. Nothing was changed.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                Retry-After: {$ref: '#/components/headers/Retry-After'}
              content:
                application/problem+json:
                  schema: {$ref: '#/components/schemas/Problem'}
                  examples:
                    overloaded: {$ref: '#/components/examples/overloaded'}
                    vendor_unavailable: {$ref: '#/components/examples/vendor_unavailable'}
                    store_unavailable: {$ref: '#/components/examples/store_unavailable'}
            NotModified:
              description: The caller has this already.
              headers:
                X-Request-Id: {$ref: '#/components/headers/X-Request-Id'}
                Cache-Control: {$ref: '#/components/headers/Cache-Control'}
                ETag: {$ref: '#/components/headers/ETag'}
          schemas:
            OrderID:
              type: string
              pattern: '^ord_[0-9A-HJKMNP-TV-Z]{26}$'
            ActionID:
              type: string
              pattern: '^act_[0-9A-HJKMNP-TV-Z]{26}$'
            VendorID:
              description: An id as a vendor gave it.
              type: string
              pattern: '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$'
            KeyID:
              type: string
              pattern: '^key_[0-9A-HJKMNP-TV-Z]{26}$'
            EventID:
              type: string
              pattern: '^evt_[0-9A-HJKMNP-TV-Z]{26}$'
            Time:
              description: RFC 3339 in UTC with milliseconds.
              type: string
              format: date-time
              pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$'
            TimeOrNull:
              oneOf:
                - $ref: '#/components/schemas/Time'
                - type: 'null'
            TextOrNull:
              type: [string, 'null']
            Money:
              description: An exact amount; the decimal text has two to six decimals.
              type: object
              required: [amount, currency]
              additionalProperties: false
              properties:
                amount:
                  type: string
                  pattern: '^-?[0-9]+\.[0-9]{2,6}$'
                currency:
                  type: string
                  pattern: '^[A-Z]{3}$'
            MoneyOrNull:
              oneOf:
                - $ref: '#/components/schemas/Money'
                - type: 'null'
            Amount:
              description: |-
                US dollars as decimal text or a JSON number, read exactly as written: at most 7 digits before the point and at
                most 6 behind it, no sign, no exponent.
              oneOf:
                - type: string
                  pattern: '^[0-9]{1,7}(\.[0-9]{1,6})?$'
                - type: number
                  minimum: 0
            Status:
              description: |-
                | `status` | `money_state` | Meaning | May become |
                | --- | --- | --- | --- |
                | `pending` | not_spent | durable, nothing sent | purchasing, failed, canceled |
                | `purchasing` | maybe_spent | marked before the first byte went out | any but canceled |
                | `provisioning` | spent | sold, goods not ready | completed |
                | `completed` | spent | sold and ready | – |
                | `failed` | not_spent | definitely not bought | – |
                | `unknown` | maybe_spent | the vendor may have sold it | provisioning, completed, failed |
                | `canceled` | not_spent | withdrawn before anything was sent | – |
              type: string
              enum: [pending, purchasing, provisioning, completed, failed, unknown, canceled]
            Product:
              type: string
              enum: [residential, mobile, isp, ipv4, ipv6]
            MoneyState:
              description: |-
                What is known about the money. `unchanged`: this call did nothing, and what earlier calls with the same key did
                stands.
              type: string
              enum: [not_spent, maybe_spent, spent, unchanged]
            Metadata:
              description: The caller's own labels, at most 20; stored, never sent to a vendor. Names have 1 to 40 characters.
              type: object
              additionalProperties:
                type: string
                maxLength: 500
            ProxyAuth:
              description: How users of the IPs prove who they are; by login unless it says otherwise.
              oneOf:
                - type: object
                  required: [type]
                  additionalProperties: false
                  properties:
                    type:
                      const: login
                - type: object
                  required: [type, ip]
                  additionalProperties: false
                  properties:
                    type:
                      const: ip
                    ip:
                      description: The IPv4 or IPv6 address that may use the proxies.
                      type: string
            OrderRequest:
              description: |-
                What to buy. A field that a vendor cannot honour rules that vendor out; none is ever dropped silently. HeloData
                sells `residential`, `mobile` by GB and `isp`; legacy sells `ipv4`, `ipv6`, `mobile` by IP and `isp`.
              oneOf:
                - $ref: '#/components/schemas/TrafficRequest'
                - $ref: '#/components/schemas/MobileIPRequest'
                - $ref: '#/components/schemas/ISPRequest'
                - $ref: '#/components/schemas/IPv4Request'
                - $ref: '#/components/schemas/IPv6Request'
            TrafficRequest:
              description: Traffic by the gigabyte.
              type: object
              required: [product, gb]
              additionalProperties: false
              properties:
                product:
                  enum: [residential, mobile]
                gb:
                  description: How much traffic.
                  type: number
                  exclusiveMinimum: 0
                  maximum: 1000000
                vendor:
                  description: A configured vendor's name, or `auto`.
                  type: string
                  minLength: 1
                  maxLength: 64
                  default: auto
                max_total:
                  description: Nothing is sent to a vendor unless its price, read just before, is at most this.
                  $ref: '#/components/schemas/Amount'
                allow_unknown_price:
                  description: >-
                    Buy under a `max_total` although no price can be known before, or only that of some of what the vendor may
                    sell.
                  type: boolean
                  default: false
                metadata: {$ref: '#/components/schemas/Metadata'}
            MobileIPRequest:
              description: Mobile IPs.
              type: object
              required: [product, quantity, country, mobile_operator, rotation_seconds]
              oneOf:
                - required: [months]
                - required: [days]
              additionalProperties: false
              properties:
                product:
                  const: mobile
                quantity:
                  description: How many IPs.
                  type: integer
                  minimum: 1
                  maximum: 1000000
                months:
                  description: The rental time; this or `days`.
                  type: integer
                  minimum: 1
                  maximum: 60
                days:
                  description: |-
                    The rental time; this or `months`. A month is 30 days. HeloData rents by the month. Legacy's pages name 30,
                    60, 90, 180 and 360 days for IPv4, 90, 180 and 360 for IPv6, and 30 and 360 for mobile.
                  type: integer
                  minimum: 1
                  maximum: 1800
                country:
                  description: ISO 3166-1, two or three letters in any case.
                  type: string
                  pattern: '^[A-Za-z]{2,3}$'
                goal:
                  description: What the IPs are for; legacy wants to know.
                  type: string
                  minLength: 1
                  maxLength: 200
                auth: {$ref: '#/components/schemas/ProxyAuth'}
                promo_code:
                  description: Legacy only; a code that its quote calls invalid stops the order.
                  type: string
                  pattern: '^[A-Za-z0-9_-]{1,64}$'
                mobile_operator:
                  type: string
                  pattern: '^[A-Za-z0-9 ._&-]{1,64}$'
                rotation_seconds:
                  description: How often the IP changes.
                  type: integer
                  minimum: 1
                  maximum: 86400
                vendor:
                  description: A configured vendor's name, or `auto`.
                  type: string
                  minLength: 1
                  maxLength: 64
                  default: auto
                max_total:
                  description: Nothing is sent to a vendor unless its price, read just before, is at most this.
                  $ref: '#/components/schemas/Amount'
                allow_unknown_price:
                  description: >-
                    Buy under a `max_total` although no price can be known before, or only that of some of what the vendor may
                    sell.
                  type: boolean
                  default: false
                metadata: {$ref: '#/components/schemas/Metadata'}
            ISPRequest:
              description: Static residential IPs.
              type: object
              required: [product, quantity, country]
              oneOf:
                - required: [months]
                - required: [days]
              additionalProperties: false
              properties:
                product:
                  const: isp
                quantity:
                  description: How many IPs.
                  type: integer
                  minimum: 1
                  maximum: 1000000
                months:
                  description: The rental time; this or `days`.
                  type: integer
                  minimum: 1
                  maximum: 60
                days:
                  description: |-
                    The rental time; this or `months`. A month is 30 days. HeloData rents by the month. Legacy's pages name 30,
                    60, 90, 180 and 360 days for IPv4, 90, 180 and 360 for IPv6, and 30 and 360 for mobile.
                  type: integer
                  minimum: 1
                  maximum: 1800
                country:
                  description: ISO 3166-1, two or three letters in any case.
                  type: string
                  pattern: '^[A-Za-z]{2,3}$'
                goal:
                  description: What the IPs are for; legacy wants to know.
                  type: string
                  minLength: 1
                  maxLength: 200
                auth: {$ref: '#/components/schemas/ProxyAuth'}
                promo_code:
                  description: Legacy only; a code that its quote calls invalid stops the order.
                  type: string
                  pattern: '^[A-Za-z0-9_-]{1,64}$'
                city:
                  description: Latin letters; blanks, case and punctuation do not matter.
                  type: string
                  maxLength: 64
                asn:
                  type: integer
                  minimum: 1
                  maximum: 4294967295
                subuser:
                  description: HeloData's sub-user.
                  type: string
                  pattern: '^sub_[A-Za-z0-9_-]{1,60}$'
                vendor:
                  description: A configured vendor's name, or `auto`.
                  type: string
                  minLength: 1
                  maxLength: 64
                  default: auto
                max_total:
                  description: Nothing is sent to a vendor unless its price, read just before, is at most this.
                  $ref: '#/components/schemas/Amount'
                allow_unknown_price:
                  description: >-
                    Buy under a `max_total` although no price can be known before, or only that of some of what the vendor may
                    sell.
                  type: boolean
                  default: false
                metadata: {$ref: '#/components/schemas/Metadata'}
            IPv4Request:
              description: Datacenter IPv4.
              type: object
              required: [product, quantity, country]
              oneOf:
                - required: [months]
                - required: [days]
              additionalProperties: false
              properties:
                product:
                  const: ipv4
                quantity:
                  description: How many IPs.
                  type: integer
                  minimum: 1
                  maximum: 1000000
                months:
                  description: The rental time; this or `days`.
                  type: integer
                  minimum: 1
                  maximum: 60
                days:
                  description: |-
                    The rental time; this or `months`. A month is 30 days. HeloData rents by the month. Legacy's pages name 30,
                    60, 90, 180 and 360 days for IPv4, 90, 180 and 360 for IPv6, and 30 and 360 for mobile.
                  type: integer
                  minimum: 1
                  maximum: 1800
                country:
                  description: ISO 3166-1, two or three letters in any case.
                  type: string
                  pattern: '^[A-Za-z]{2,3}$'
                goal:
                  description: What the IPs are for; legacy wants to know.
                  type: string
                  minLength: 1
                  maxLength: 200
                auth: {$ref: '#/components/schemas/ProxyAuth'}
                promo_code:
                  description: Legacy only; a code that its quote calls invalid stops the order.
                  type: string
                  pattern: '^[A-Za-z0-9_-]{1,64}$'
                vendor:
                  description: A configured vendor's name, or `auto`.
                  type: string
                  minLength: 1
                  maxLength: 64
                  default: auto
                max_total:
                  description: Nothing is sent to a vendor unless its price, read just before, is at most this.
                  $ref: '#/components/schemas/Amount'
                allow_unknown_price:
                  description: >-
                    Buy under a `max_total` although no price can be known before, or only that of some of what the vendor may
                    sell.
                  type: boolean
                  default: false
                metadata: {$ref: '#/components/schemas/Metadata'}
            IPv6Request:
              description: Datacenter IPv6.
              type: object
              required: [product, quantity, country, protocol]
              oneOf:
                - required: [months]
                - required: [days]
              additionalProperties: false
              properties:
                product:
                  const: ipv6
                quantity:
                  description: How many IPs.
                  type: integer
                  minimum: 1
                  maximum: 1000000
                months:
                  description: The rental time; this or `days`.
                  type: integer
                  minimum: 1
                  maximum: 60
                days:
                  description: |-
                    The rental time; this or `months`. A month is 30 days. HeloData rents by the month. Legacy's pages name 30,
                    60, 90, 180 and 360 days for IPv4, 90, 180 and 360 for IPv6, and 30 and 360 for mobile.
                  type: integer
                  minimum: 1
                  maximum: 1800
                country:
                  description: ISO 3166-1, two or three letters in any case.
                  type: string
                  pattern: '^[A-Za-z]{2,3}$'
                goal:
                  description: What the IPs are for; legacy wants to know.
                  type: string
                  minLength: 1
                  maxLength: 200
                auth: {$ref: '#/components/schemas/ProxyAuth'}
                promo_code:
                  description: Legacy only; a code that its quote calls invalid stops the order.
                  type: string
                  pattern: '^[A-Za-z0-9_-]{1,64}$'
                protocol:
                  type: string
                  enum: [http, socks]
                vendor:
                  description: A configured vendor's name, or `auto`.
                  type: string
                  minLength: 1
                  maxLength: 64
                  default: auto
                max_total:
                  description: Nothing is sent to a vendor unless its price, read just before, is at most this.
                  $ref: '#/components/schemas/Amount'
                allow_unknown_price:
                  description: >-
                    Buy under a `max_total` although no price can be known before, or only that of some of what the vendor may
                    sell.
                  type: boolean
                  default: false
                metadata: {$ref: '#/components/schemas/Metadata'}
            NormalRequest:
              description: What was asked, in normal form; the metadata stands beside it.
              type: object
              required: [product, vendor]
              additionalProperties: false
              properties:
                product: {$ref: '#/components/schemas/Product'}
                gb:
                  type: number
                quantity:
                  type: integer
                months:
                  type: integer
                days:
                  type: integer
                country:
                  type: string
                  pattern: '^[A-Z]{2}$'
                city:
                  type: string
                asn:
                  type: integer
                subuser:
                  type: string
                goal:
                  type: string
                auth: {$ref: '#/components/schemas/ProxyAuth'}
                protocol:
                  type: string
                  enum: [http, socks]
                mobile_operator:
                  type: string
                rotation_seconds:
                  type: integer
                promo_code:
                  type: string
                vendor:
                  type: string
                max_total:
                  type: string
                allow_unknown_price:
                  type: boolean
            Order:
              description: One purchase, from its acceptance on. What is not known is `null`, never left out.
              type: object
              required:
                - id
                - status
                - money_state
                - product
                - vendor
                - vendor_order_id
                - vendor_order_number
                - batch_id
                - request
                - total
                - total_source
                - held
                - refunded
                - routing
                - attempts
                - unknown
                - error
                - flags
                - client
                - idempotency_key
                - metadata
                - request_id
                - created_at
                - updated_at
                - settled_at
                - expires_at
                - auto_renew
                - vendor_details
              additionalProperties: false
              properties:
                id: {$ref: '#/components/schemas/OrderID'}
                status: {$ref: '#/components/schemas/Status'}
                money_state:
                  type: string
                  enum: [not_spent, maybe_spent, spent]
                product: {$ref: '#/components/schemas/Product'}
                vendor:
                  description: The vendor that is being tried or that sold it.
                  $ref: '#/components/schemas/TextOrNull'
                vendor_order_id:
                  description: The vendor's id of the order.
                  $ref: '#/components/schemas/TextOrNull'
                vendor_order_number:
                  description: The number in the vendor's order answer, where it differs from the id.
                  $ref: '#/components/schemas/TextOrNull'
                batch_id: {$ref: '#/components/schemas/TextOrNull'}
                request: {$ref: '#/components/schemas/NormalRequest'}
                total:
                  description: What was charged; `null` when nobody told, never 0.
                  $ref: '#/components/schemas/MoneyOrNull'
                total_source:
                  description: Who told what was charged. `quote` is the price that the vendor quoted just before.
                  enum: [vendor, quote, operator, null]
                held:
                  description: >-
                    What may have been spent while the outcome is not known (`money_state` `maybe_spent`): the price that the vendor
                    quoted just before; `null` in every other state, and where nobody told a price.
                  $ref: '#/components/schemas/MoneyOrNull'
                refunded:
                  description: >-
                    What came back of `total`, as operators wrote it down (`GET /orders/{id}/refunds`); `null` when nothing did. The
                    total stays as it was.
                  $ref: '#/components/schemas/MoneyOrNull'
                routing: {$ref: '#/components/schemas/Routing'}
                attempts:
                  description: Every vendor's turn, in the order in which they were tried.
                  type: array
                  items: {$ref: '#/components/schemas/Attempt'}
                unknown:
                  description: Set while the outcome is not known.
                  oneOf:
                    - $ref: '#/components/schemas/Unknown'
                    - type: 'null'
                error:
                  description: Why the order failed.
                  oneOf:
                    - $ref: '#/components/schemas/OrderError'
                    - type: 'null'
                flags:
                  description: >-
                    Things worth a look, such as `price_difference` (the vendor charged another total than the price that was known
                    before), `above_max_total` (it charged more than the ceiling, although the price that it told was below),
                    `price_unknown`, `balance_mismatch` (the vendor's balance is not what this order would have left),
                    `promo_code_not_applied`, `possible_double_purchase`, and `goods_not_found` (a person said that it was bought, and its goods are looked for still).
                  type: array
                  items:
                    type: string
                client:
                  description: Who bought it.
                  type: string
                idempotency_key: {$ref: '#/components/schemas/TextOrNull'}
                metadata: {$ref: '#/components/schemas/Metadata'}
                request_id:
                  description: The id of the call that made it.
                  type: string
                created_at: {$ref: '#/components/schemas/Time'}
                updated_at: {$ref: '#/components/schemas/Time'}
                settled_at: {$ref: '#/components/schemas/TimeOrNull'}
                expires_at:
                  description: When the goods lapse.
                  $ref: '#/components/schemas/TimeOrNull'
                auto_renew:
                  description: How the vendor renews by itself, each time for as long; `null` when it does not, or nobody told.
                  oneOf:
                    - $ref: '#/components/schemas/AutoRenewal'
                    - type: 'null'
                vendor_details:
                  description: What the vendor said, as it said it, minus secrets.
            RentalMonths:
              description: For how many months; this or `days`.
              type: integer
              minimum: 1
              maximum: 60
            RentalDays:
              description: For how many days; this or `months`. A month is 30 days.
              type: integer
              minimum: 1
              maximum: 1800
            Renewal:
              description: How much longer what was bought is to be rented, and what that may cost.
              type: object
              oneOf:
                - required: [months]
                - required: [days]
              additionalProperties: false
              properties:
                months: {$ref: '#/components/schemas/RentalMonths'}
                days: {$ref: '#/components/schemas/RentalDays'}
                ips:
                  description: Only these, each named once; all when it is left out.
                  type: array
                  minItems: 1
                  items: {$ref: '#/components/schemas/VendorID'}
                promo_code:
                  description: Legacy only; a code that its quote calls invalid stops the renewal.
                  type: string
                  pattern: '^[A-Za-z0-9_-]{1,64}$'
                max_total:
                  description: Never spend above this.
                  $ref: '#/components/schemas/Amount'
                allow_unknown_price:
                  description: Whether to go on under `max_total` although no price can be known before.
                  type: boolean
            AutoRenewal:
              description: For how long the vendor renews by itself, each time; or that it does not.
              oneOf:
                - type: object
                  required: [enabled, days]
                  additionalProperties: false
                  properties:
                    enabled:
                      const: true
                    days: {$ref: '#/components/schemas/RentalDays'}
                - type: object
                  required: [enabled, months]
                  additionalProperties: false
                  properties:
                    enabled:
                      const: true
                    months: {$ref: '#/components/schemas/RentalMonths'}
                - type: object
                  required: [enabled]
                  additionalProperties: false
                  properties:
                    enabled:
                      const: false
            Replacement:
              type: object
              additionalProperties: false
              properties:
                reason:
                  description: Why, for the vendor.
                  type: string
                  minLength: 1
                  maxLength: 200
                batch_id:
                  description: The batch that the IP is of; this or `order_id`.
                  $ref: '#/components/schemas/VendorID'
                order_id:
                  description: The order that bought it; this or `batch_id`.
                  $ref: '#/components/schemas/OrderID'
                max_total:
                  description: Never spend above this.
                  $ref: '#/components/schemas/Amount'
                allow_unknown_price:
                  description: Whether to go on although no price can be known before.
                  type: boolean
            WhitelistRequest:
              type: object
              required: [address]
              additionalProperties: false
              properties:
                address:
                  description: |-
                    An IPv4 or IPv6 address, or a network of them such as `203.0.113.0/24` (HeloData's pages name `/24` and `/64`
                    as the widest).
                  type: string
                label:
                  description: A name for people.
                  type: string
                  minLength: 1
                  maxLength: 64
            ActionKind:
              type: string
              enum: [renew, refresh, rotate_password, release, replace, auto_renew, whitelist_add, whitelist_remove]
            ActionStatus:
              description: |-
                | `status` | Meaning | May become |
                | --- | --- | --- |
                | `pending` | durable, nothing sent | running, failed |
                | `running` | marked before the first byte went out | completed, failed, unknown |
                | `completed` | the vendor did it | – |
                | `failed` | definitely not done | – |
                | `unknown` | the vendor may have done it | completed, failed |
              type: string
              enum: [pending, running, completed, failed, unknown]
            NormalAction:
              description: What was asked, in normal form.
              type: object
              required: [kind]
              additionalProperties: false
              properties:
                kind: {$ref: '#/components/schemas/ActionKind'}
                months:
                  type: integer
                days:
                  type: integer
                ips:
                  type: array
                  items:
                    type: string
                promo_code:
                  type: string
                ip:
                  description: The vendor's id of the IP that is to be replaced.
                  type: string
                reason:
                  type: string
                enabled:
                  type: boolean
                address:
                  type: string
                label:
                  type: string
                entry:
                  description: The vendor's id of the entry that is to be taken off.
                  type: string
                max_total:
                  type: string
                allow_unknown_price:
                  type: boolean
            Action:
              description: |-
                One change to what was bought, from its acceptance on; it shows in its order's events too. What is not known is
                `null`, never left out.
              type: object
              required:
                - id
                - kind
                - order_id
                - batch_id
                - vendor
                - status
                - money_state
                - request
                - quoted
                - total
                - total_source
                - result
                - unknown
                - error
                - client
                - idempotency_key
                - request_id
                - created_at
                - updated_at
                - settled_at
                - vendor_details
              additionalProperties: false
              properties:
                id: {$ref: '#/components/schemas/ActionID'}
                kind: {$ref: '#/components/schemas/ActionKind'}
                order_id: {$ref: '#/components/schemas/OrderID'}
                batch_id: {$ref: '#/components/schemas/TextOrNull'}
                vendor:
                  description: The vendor that sold the order.
                  type: string
                status: {$ref: '#/components/schemas/ActionStatus'}
                money_state:
                  description: |-
                    Of the action, not of its order; always `not_spent` for kinds that are never charged. A replacement that was
                    done and of which nobody told a price is `maybe_spent`.
                  type: string
                  enum: [not_spent, maybe_spent, spent]
                request: {$ref: '#/components/schemas/NormalAction'}
                quoted:
                  description: The price that was known just before the call to the vendor.
                  $ref: '#/components/schemas/MoneyOrNull'
                total:
                  description: What was charged; `null` when nobody told.
                  $ref: '#/components/schemas/MoneyOrNull'
                total_source:
                  description: Who told what was charged. `quote` is the price that was known just before.
                  enum: [vendor, quote, operator, null]
                result:
                  description: |-
                    What it led to, as far as that is known: `expires_at` of a renewal, what the vendor told of the others. Never a
                    password.
                  type: [object, 'null']
                unknown:
                  description: Set while the outcome is not known.
                  oneOf:
                    - $ref: '#/components/schemas/Unknown'
                    - type: 'null'
                error:
                  description: Why it failed.
                  oneOf:
                    - $ref: '#/components/schemas/OrderError'
                    - type: 'null'
                client:
                  description: Who asked for it.
                  type: string
                idempotency_key:
                  type: string
                request_id:
                  description: The id of the call that made it.
                  type: string
                created_at: {$ref: '#/components/schemas/Time'}
                updated_at: {$ref: '#/components/schemas/Time'}
                settled_at: {$ref: '#/components/schemas/TimeOrNull'}
                vendor_details:
                  description: What the vendor said, as it said it, minus secrets.
            ActionList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Action'}
                next_cursor:
                  type: 'null'
            ActionPage:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Action'}
                next_cursor:
                  description: Leads to the next page; `null` on the last one.
                  $ref: '#/components/schemas/TextOrNull'
            ActionResolution:
              description: A person's decision. What was done and has no total takes the price that was known before, if any.
              oneOf:
                - type: object
                  required: [outcome, reason]
                  additionalProperties: false
                  properties:
                    outcome:
                      const: done
                    total: {$ref: '#/components/schemas/Amount'}
                    reason: {$ref: '#/components/schemas/Reason'}
                - type: object
                  required: [outcome, reason]
                  additionalProperties: false
                  properties:
                    outcome:
                      const: not_done
                    reason: {$ref: '#/components/schemas/Reason'}
            Batch:
              description: ISP IPs that were bought together, as their vendor shows them; `null` is what it does not tell.
              type: object
              required:
                - id
                - status
                - vendor
                - country
                - city
                - asn
                - quantity
                - expires_at
                - order_id
                - replacements
                - vendor_details
              additionalProperties: false
              properties:
                id:
                  description: The vendor's id.
                  type: string
                status:
                  description: The vendor's own word.
                  $ref: '#/components/schemas/TextOrNull'
                vendor:
                  type: string
                country:
                  description: ISO 3166-1 alpha-2.
                  $ref: '#/components/schemas/TextOrNull'
                city: {$ref: '#/components/schemas/TextOrNull'}
                asn:
                  type: [integer, 'null']
                quantity:
                  description: How many IPs the vendor shows.
                  type: [integer, 'null']
                expires_at:
                  description: When it lapses, as the vendor shows it, else as its order says.
                  $ref: '#/components/schemas/TimeOrNull'
                order_id:
                  description: The order that bought it; `null` where none did, and such a batch can only be read.
                  oneOf:
                    - $ref: '#/components/schemas/OrderID'
                    - type: 'null'
                replacements:
                  description: >-
                    How many IPs may be replaced without charge, by what the vendor told last and what was done since, else by its
                    rules; `null` where that is not known. Only the vendor knows: a replacement that it does not call free is
                    `maybe_spent`.
                  oneOf:
                    - type: object
                      required: [free_until, remaining]
                      additionalProperties: false
                      properties:
                        free_until:
                          description: Until when the allowance of a new batch holds.
                          $ref: '#/components/schemas/Time'
                        remaining:
                          type: integer
                          minimum: 0
                    - type: 'null'
                vendor_details:
                  description: What the vendor said, as it said it, minus secrets.
            BatchList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Batch'}
                next_cursor:
                  description: Leads to the next page; `null` on the last one.
                  $ref: '#/components/schemas/TextOrNull'
            Whitelist:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items:
                    type: object
                    required: [id, address, label, created_at]
                    additionalProperties: false
                    properties:
                      id:
                        description: The vendor's id of the entry.
                        type: string
                      address:
                        description: An address or a network, as the vendor says it.
                        type: string
                      label: {$ref: '#/components/schemas/TextOrNull'}
                      created_at: {$ref: '#/components/schemas/TimeOrNull'}
                next_cursor:
                  type: 'null'
            Routing:
              description: How the vendor was chosen.
              type: object
              required: [policy, chosen, candidates]
              additionalProperties: false
              properties:
                policy:
                  type: string
                  description: >-
                    `explicit`: the request named the vendor. `cheapest`: the lowest total comes first, then vendors that seem to
                    have too few, then those whose price cannot be known. `priority`: the configured order.
                  enum: [explicit, cheapest, priority]
                chosen:
                  description: The vendor that is being tried or that sold it; `null` while prices are being asked.
                  $ref: '#/components/schemas/TextOrNull'
                candidates:
                  description: Every vendor that was looked at, in the order in which they are tried.
                  type: array
                  items: {$ref: '#/components/schemas/Candidate'}
            Candidate:
              type: object
              required: [vendor, price, price_source, price_as_of, unpriced, chosen, ruled_out, unused]
              additionalProperties: false
              properties:
                vendor:
                  type: string
                price:
                  description: The price known before buying.
                  $ref: '#/components/schemas/MoneyOrNull'
                price_source:
                  $ref: '#/components/schemas/PriceSourceOrNull'
                price_as_of:
                  description: When that price was told; `null` for a price list, which says nothing of its age.
                  $ref: '#/components/schemas/TimeOrNull'
                unpriced:
                  description: Why no price could be known when the vendor was asked.
                  $ref: '#/components/schemas/TextOrNull'
                chosen:
                  type: boolean
                ruled_out:
                  description: Why it was not, or is no longer, taken.
                  $ref: '#/components/schemas/TextOrNull'
                unused:
                  description: Fields that only state a purpose and that this vendor has no use for.
                  type: array
                  items:
                    type: string
            FieldNames:
              type: array
              items:
                type: string
                enum: [gb, quantity, months, country, city, asn, subuser, goal, auth, protocol, mobile_operator, rotation_seconds, promo_code]
            ProductOffer:
              type: object
              required: [product, sold_by, required, optional, unused, quantity, rental, quotes, inventory]
              additionalProperties: false
              properties:
                product:
                  type: string
                  enum: [residential, mobile, isp, ipv4, ipv6]
                sold_by:
                  description: What an order counts; it tells the two kinds of `mobile` apart.
                  type: string
                  enum: [gb, ip]
                required:
                  description: Fields without which the vendor cannot be asked; `months` stands for `months` or `days`.
                  $ref: '#/components/schemas/FieldNames'
                optional:
                  $ref: '#/components/schemas/FieldNames'
                unused:
                  description: Fields that only state a purpose and that the vendor has no use for.
                  $ref: '#/components/schemas/FieldNames'
                quantity:
                  description: How many IPs one order may have; `null` where no bound is known.
                  type: [object, 'null']
                  required: [min, max]
                  additionalProperties: false
                  properties:
                    min:
                      type: integer
                    max:
                      type: integer
                rental:
                  description: What rental time is counted in; `null` where nothing is rented.
                  enum: [months, days, null]
                quotes:
                  description: Whether the vendor prices an order before it is bought.
                  type: boolean
                inventory:
                  description: Whether the vendor tells how many there are.
                  type: boolean
            Catalog:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/CatalogEntry'}
                next_cursor:
                  type: 'null'
            CatalogEntry:
              type: object
              required: [vendor, product, sold_by, required, optional, unused, quantity, rental, quotes, inventory, countries, rental_days, mobile_operators, promo_codes, as_of, stale, error]
              additionalProperties: false
              properties:
                vendor:
                  type: string
                product:
                  type: string
                  enum: [residential, mobile, isp, ipv4, ipv6]
                sold_by:
                  description: What an order counts; it tells the two kinds of `mobile` apart.
                  type: string
                  enum: [gb, ip]
                required:
                  description: Fields without which the vendor cannot be asked; `months` stands for `months` or `days`.
                  $ref: '#/components/schemas/FieldNames'
                optional:
                  $ref: '#/components/schemas/FieldNames'
                unused:
                  description: Fields that only state a purpose and that the vendor has no use for.
                  $ref: '#/components/schemas/FieldNames'
                quantity:
                  description: How many IPs one order may have; `null` where no bound is known.
                  type: [object, 'null']
                  required: [min, max]
                  additionalProperties: false
                  properties:
                    min:
                      type: integer
                    max:
                      type: integer
                rental:
                  description: What rental time is counted in; `null` where nothing is rented.
                  enum: [months, days, null]
                quotes:
                  description: Whether the vendor prices an order before it is bought.
                  type: boolean
                inventory:
                  description: Whether the vendor tells how many there are.
                  type: boolean
                countries:
                  description: ISO 3166-1 alpha-2.
                  type: [array, 'null']
                  items:
                    type: string
                    pattern: '^[A-Z]{2}$'
                rental_days:
                  type: [array, 'null']
                  items:
                    type: integer
                mobile_operators:
                  type: [array, 'null']
                  items:
                    type: object
                    required: [name, country, rotation_seconds]
                    additionalProperties: false
                    properties:
                      name:
                        type: string
                      country: {$ref: '#/components/schemas/TextOrNull'}
                      rotation_seconds:
                        type: array
                        items:
                          type: integer
                promo_codes:
                  type: [array, 'null']
                  items:
                    type: object
                    required: [code, discount_percent, starts_at, ends_at]
                    additionalProperties: false
                    properties:
                      code:
                        type: string
                      discount_percent:
                        description: As the vendor says it.
                        $ref: '#/components/schemas/TextOrNull'
                      starts_at: {$ref: '#/components/schemas/TimeOrNull'}
                      ends_at: {$ref: '#/components/schemas/TimeOrNull'}
                as_of:
                  description: When the lists were read; `null` where the vendor has none or they were never read.
                  $ref: '#/components/schemas/TimeOrNull'
                stale:
                  type: boolean
                error:
                  description: Why the lists could not be read when they were tried last.
                  $ref: '#/components/schemas/TextOrNull'
            VendorList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Vendor'}
                next_cursor:
                  type: 'null'
            Vendor:
              type: object
              required: [name, kind, enabled, products, idempotent, key_holds, health, account, overdraft, purchases_in_flight, purchases_at_once, unknown_orders, oldest_unknown, unknown_actions, oldest_unknown_action]
              additionalProperties: false
              properties:
                name:
                  description: Its name in the configuration, which orders say in `vendor`.
                  type: string
                kind:
                  description: Which API it speaks.
                  type: string
                enabled:
                  description: Whether new orders may go to it; orders that it has are followed either way.
                  type: boolean
                products:
                  type: array
                  items: {$ref: '#/components/schemas/ProductOffer'}
                idempotent:
                  description: Whether its purchase call honours an idempotency key.
                  type: boolean
                key_holds:
                  description: >-
                    Whether that key has held so far, over all restarts; `null` where there is none. Once the vendor was seen to
                    sell an order twice for one key, which then has the flag `possible_double_purchase`, this stays `false` for
                    good: nothing is sent to it twice any more, and an order whose answer was lost is settled by evidence or by
                    a person. No setting and no decision about an order makes it `true` again.
                  type: [boolean, 'null']
                health:
                  type: object
                  required: [circuit, rest_seconds, answered_at, failures_in_a_row, last_failure, latency_ms]
                  additionalProperties: false
                  properties:
                    circuit:
                      description: '`open` while the vendor rests after failures and gets no orders.'
                      type: string
                      enum: [closed, open]
                    rest_seconds:
                      type: [integer, 'null']
                    answered_at:
                      description: When it answered last, whatever it said.
                      $ref: '#/components/schemas/TimeOrNull'
                    failures_in_a_row:
                      type: integer
                    last_failure:
                      type: [object, 'null']
                      required: [reason, at]
                      additionalProperties: false
                      properties:
                        reason:
                          description: 'A stable word, such as `connection_refused`.'
                          type: string
                        at: {$ref: '#/components/schemas/Time'}
                    latency_ms:
                      description: How long answered calls took lately, on average.
                      type: [integer, 'null']
                account:
                  description: What was last read of the account at the vendor.
                  type: object
                  required: [balance, kyc_status, as_of, stale, error]
                  additionalProperties: false
                  properties:
                    balance: {$ref: '#/components/schemas/MoneyOrNull'}
                    kyc_status:
                      description: The vendor's own word.
                      $ref: '#/components/schemas/TextOrNull'
                    as_of: {$ref: '#/components/schemas/TimeOrNull'}
                    stale:
                      type: boolean
                    error:
                      description: Why it could not be read when it was tried last.
                      $ref: '#/components/schemas/TextOrNull'
                overdraft:
                  description: >-
                    Set while the balance is known to be below zero: nothing is bought there then, orders and paid actions are
                    refused with `insufficient_balance`, and `auto` passes the vendor over. What was sent before is carried on. The
                    account is read again and again until it is at zero or above, which ends it.
                  type: [object, 'null']
                  required: [balance, since]
                  additionalProperties: false
                  properties:
                    balance: {$ref: '#/components/schemas/Money'}
                    since:
                      description: When the balance was first read below zero.
                      $ref: '#/components/schemas/Time'
                purchases_in_flight:
                  type: integer
                purchases_at_once:
                  description: How many may be in flight.
                  type: integer
                unknown_orders:
                  description: Orders whose outcome is not known.
                  type: integer
                oldest_unknown:
                  description: When the oldest of them was made.
                  $ref: '#/components/schemas/TimeOrNull'
                unknown_actions:
                  description: 'Actions whose outcome is not known; `GET /actions?status=unknown` lists them.'
                  type: integer
                oldest_unknown_action:
                  description: When the oldest of them was asked for.
                  $ref: '#/components/schemas/TimeOrNull'
            Quotation:
              type: object
              required: [policy, chosen, data, buying_paused]
              additionalProperties: false
              properties:
                policy:
                  description: How the vendor would be chosen; see `Routing`.
                  type: string
                  enum: [explicit, cheapest, priority]
                chosen:
                  description: The vendor that the order would be tried at first; `null` when none could take it.
                  $ref: '#/components/schemas/TextOrNull'
                data:
                  description: A line for each configured vendor, cheapest first.
                  type: array
                  items: {$ref: '#/components/schemas/QuoteLine'}
                buying_paused:
                  description: The pause of buying that an order would be refused for now; `null` while buying goes on.
                  $ref: '#/components/schemas/BuyingNoticeOrNull'
            QuoteLine:
              type: object
              required: [vendor, available, total, unit_price, price_source, as_of, unpriced, warnings, ruled_out, unused, budget_problem]
              additionalProperties: false
              properties:
                vendor:
                  type: string
                available:
                  description: How many IPs the vendor shows; `null` where it does not tell.
                  type: [integer, 'null']
                total:
                  description: The whole order; `null` when its price cannot be known before buying.
                  $ref: '#/components/schemas/MoneyOrNull'
                unit_price:
                  description: One unit; `null` where the vendor told only the total.
                  $ref: '#/components/schemas/UnitPriceOrNull'
                price_source:
                  $ref: '#/components/schemas/PriceSourceOrNull'
                as_of:
                  description: When the price was told; `null` for a price list, which says nothing of its age.
                  $ref: '#/components/schemas/TimeOrNull'
                unpriced:
                  description: Why no price can be known.
                  $ref: '#/components/schemas/TextOrNull'
                warnings:
                  description: What a buyer should know about the price.
                  type: array
                  items:
                    type: string
                ruled_out:
                  description: Why the order would not go there; `null` while it may.
                  $ref: '#/components/schemas/TextOrNull'
                budget_problem:
                  description: >-
                    Why the budget of the asking client would refuse an order at this price as it stands now; `null` where it would
                    not, or there is none. The quote is told all the same.
                  oneOf:
                    - type: 'null'
                    - type: object
                      required: [code, detail]
                      additionalProperties: false
                      properties:
                        code:
                          type: string
                          enum: [budget_exceeded, price_unknown]
                        detail: {type: string}
                unused:
                  description: Fields that only state a purpose and that this vendor has no use for.
                  type: array
                  items:
                    type: string
            UnitPrice:
              description: What one unit costs; the decimal text has two to six decimals.
              type: object
              required: [amount, currency, per]
              additionalProperties: false
              properties:
                amount:
                  type: string
                  pattern: '^[0-9]+\.[0-9]{2,6}$'
                currency:
                  type: string
                  pattern: '^[A-Z]{3}$'
                per:
                  description: A gigabyte, or one IP for one month.
                  type: string
                  enum: [gb, ip_month]
            UnitPriceOrNull:
              oneOf:
                - $ref: '#/components/schemas/UnitPrice'
                - type: 'null'
            PriceSourceOrNull:
              description: >-
                Who told a price. `quote`: the vendor priced this very request. `inventory`: its list of what it has.
                `last_order`: what it charged for an earlier order. `price_list`: Purser's configuration.
              enum: [quote, inventory, last_order, price_list, null]
            Attempt:
              type: object
              required: [number, vendor, outcome, started_at, ended_at]
              additionalProperties: false
              properties:
                number:
                  type: integer
                  minimum: 1
                vendor:
                  type: string
                outcome:
                  description: '`null` while it runs.'
                  enum: [bought, refused, not_sent, unknown, null]
                started_at: {$ref: '#/components/schemas/Time'}
                ended_at: {$ref: '#/components/schemas/TimeOrNull'}
            Unknown:
              type: object
              required: [since, reason, needs_review, findings]
              additionalProperties: false
              properties:
                since: {$ref: '#/components/schemas/Time'}
                reason:
                  description: A stable word such as `deadline` or `connection_lost`.
                  type: string
                needs_review:
                  description: Whether only a person can decide.
                  type: boolean
                findings:
                  description: What was found, for the person who decides.
                  type: array
                  items:
                    type: string
            OrderError:
              type: object
              required: [code, detail, vendor]
              additionalProperties: false
              properties:
                code: {$ref: '#/components/schemas/ProblemCode'}
                detail:
                  type: string
                vendor:
                  oneOf:
                    - $ref: '#/components/schemas/VendorStatement'
                    - type: 'null'
            VendorStatement:
              description: What a vendor said when it refused, in its own words.
              type: object
              required: [name, code, message]
              additionalProperties: false
              properties:
                name:
                  type: string
                code: {$ref: '#/components/schemas/TextOrNull'}
                message: {$ref: '#/components/schemas/TextOrNull'}
            OrderList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items:
                    oneOf:
                      - $ref: '#/components/schemas/Order'
                      - $ref: '#/components/schemas/TrimmedOrder'
                next_cursor:
                  description: Leads to the next page; `null` on the last one.
                  $ref: '#/components/schemas/TextOrNull'
            Statistics:
              type: object
              required: [group_by, tz, data, totals, next_cursor]
              additionalProperties: false
              properties:
                group_by:
                  type: array
                  items: {type: string}
                tz: {type: string}
                data:
                  description: A row for each group, by its keys; what has no such key comes last.
                  type: array
                  items: {$ref: '#/components/schemas/StatisticsRow'}
                totals:
                  description: All rows together, one for each currency; empty when no order matches.
                  type: array
                  items: {$ref: '#/components/schemas/StatisticsRow'}
                next_cursor: {type: 'null'}
            StatisticsRow:
              description: |-
                The sums of a group, with a member for each grouping: its value, or `null` for orders that have none. Several currencies
                make several rows; an order that says no currency is among those in USD.
              type: object
              required:
                - currency
                - orders
                - spent_orders
                - spent
                - unpriced_orders
                - maybe_spent_orders
                - maybe_spent
                - unquoted_orders
                - quantity
                - gb
                - refunded
                - actions
              additionalProperties: {$ref: '#/components/schemas/TextOrNull'}
              properties:
                currency: {type: string, pattern: '^[A-Z]{3}$'}
                orders: {type: integer, minimum: 0, description: 'All of them, whatever became of them.'}
                spent_orders: {type: integer, minimum: 0, description: Those that were sold.}
                spent: {$ref: '#/components/schemas/Money'}
                unpriced_orders:
                  type: integer
                  minimum: 0
                  description: Sold orders whose total nobody told, or that no money can be (1,000,000,000.00 and more).
                maybe_spent_orders: {type: integer, minimum: 0, description: Those whose outcome is not known.}
                maybe_spent: {$ref: '#/components/schemas/Money'}
                unquoted_orders: {type: integer, minimum: 0, description: Those of them that no vendor quoted.}
                quantity: {type: integer, minimum: 0, description: IPs that were sold.}
                gb: {type: number, minimum: 0, description: Gigabytes that were sold.}
                refunded:
                  description: What came back of `spent`, which stays as it was; it counts where its order does.
                  $ref: '#/components/schemas/Money'
                actions:
                  description: >-
                    What actions on these orders were charged (renewals, and replacements that cost something), apart from all of
                    the above; `null` where none was. An action counts in the day and month in which it was sent to its vendor, and
                    `created_after` and `created_before` are held against that; all else is as its order has it. So a row may have
                    no order.
                  oneOf:
                    - $ref: '#/components/schemas/ActionSums'
                    - type: 'null'
            ActionSums:
              type: object
              required: [charged_actions, spent, unpriced_actions, maybe_charged_actions, maybe_spent, unquoted_actions]
              additionalProperties: false
              properties:
                charged_actions: {type: integer, minimum: 0, description: Those that were charged.}
                spent: {$ref: '#/components/schemas/Money'}
                unpriced_actions:
                  type: integer
                  minimum: 0
                  description: Those of them whose charge nobody told, or that no money can be.
                maybe_charged_actions:
                  type: integer
                  minimum: 0
                  description: >-
                    Those whose outcome is not known, and replacements that were done without anybody telling whether they were
                    free.
                maybe_spent: {$ref: '#/components/schemas/Money'}
                unquoted_actions: {type: integer, minimum: 0, description: Those of them that no price was known of.}
            RefundRequest:
              type: object
              required: [amount, note]
              additionalProperties: false
              properties:
                amount:
                  description: 'What came back: above 0, at most 7 digits and 6 decimals, as text or as a JSON number.'
                  type: [string, number]
                currency:
                  description: The currency of the order's total; nothing else is taken. Left out, it is that.
                  type: [string, 'null']
                  pattern: '^[A-Z]{3}$'
                note:
                  description: Why, for those who read the timeline later.
                  type: string
                  minLength: 1
                  maxLength: 500
                vendor_reference:
                  description: What the vendor calls it, such as the number of a credit note.
                  type: [string, 'null']
                  minLength: 1
                  maxLength: 128
            Refund:
              description: Money that a vendor gave back for an order, as an operator wrote it down.
              type: object
              required: [id, order_id, number, amount, note, vendor_reference, by, idempotency_key, request_id, at]
              additionalProperties: false
              properties:
                id:
                  type: string
                  pattern: '^rfd_[0-9A-HJKMNP-TV-Z]{26}$'
                order_id: {$ref: '#/components/schemas/OrderID'}
                number: {description: 'Counts the refunds of the order, from 1.', type: integer, minimum: 1}
                amount: {$ref: '#/components/schemas/Money'}
                note: {type: string}
                vendor_reference: {$ref: '#/components/schemas/TextOrNull'}
                by: {description: Who wrote it down., type: string}
                idempotency_key: {type: string}
                request_id: {type: string}
                at: {$ref: '#/components/schemas/Time'}
            RefundList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Refund'}
                next_cursor:
                  type: 'null'
            ListedRefund:
              description: A refund with what its order says.
              type: object
              required: [id, order_id, number, amount, note, vendor_reference, by, idempotency_key, request_id, at, vendor, client]
              additionalProperties: false
              properties:
                id: {$ref: '#/components/schemas/Refund/properties/id'}
                order_id: {$ref: '#/components/schemas/OrderID'}
                number: {$ref: '#/components/schemas/Refund/properties/number'}
                amount: {$ref: '#/components/schemas/Money'}
                note: {type: string}
                vendor_reference: {$ref: '#/components/schemas/TextOrNull'}
                by: {$ref: '#/components/schemas/Refund/properties/by'}
                idempotency_key: {type: string}
                request_id: {type: string}
                at: {$ref: '#/components/schemas/Time'}
                vendor:
                  description: The vendor that sold the order.
                  $ref: '#/components/schemas/TextOrNull'
                client: {description: The client whose order it is of., type: string}
            AllRefunds:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/ListedRefund'}
                next_cursor: {$ref: '#/components/schemas/TextOrNull'}
            TrimmedOrder:
              description: An order of which only some `fields` were asked for.
              type: object
              minProperties: 1
              maxProperties: 27
              additionalProperties: false
              properties:
                id: {$ref: '#/components/schemas/Order/properties/id'}
                status: {$ref: '#/components/schemas/Order/properties/status'}
                money_state: {$ref: '#/components/schemas/Order/properties/money_state'}
                product: {$ref: '#/components/schemas/Order/properties/product'}
                vendor: {$ref: '#/components/schemas/Order/properties/vendor'}
                vendor_order_id: {$ref: '#/components/schemas/Order/properties/vendor_order_id'}
                vendor_order_number: {$ref: '#/components/schemas/Order/properties/vendor_order_number'}
                batch_id: {$ref: '#/components/schemas/Order/properties/batch_id'}
                request: {$ref: '#/components/schemas/Order/properties/request'}
                total: {$ref: '#/components/schemas/Order/properties/total'}
                total_source: {$ref: '#/components/schemas/Order/properties/total_source'}
                held: {$ref: '#/components/schemas/Order/properties/held'}
                refunded: {$ref: '#/components/schemas/Order/properties/refunded'}
                routing: {$ref: '#/components/schemas/Order/properties/routing'}
                attempts: {$ref: '#/components/schemas/Order/properties/attempts'}
                unknown: {$ref: '#/components/schemas/Order/properties/unknown'}
                error: {$ref: '#/components/schemas/Order/properties/error'}
                flags: {$ref: '#/components/schemas/Order/properties/flags'}
                client: {$ref: '#/components/schemas/Order/properties/client'}
                idempotency_key: {$ref: '#/components/schemas/Order/properties/idempotency_key'}
                metadata: {$ref: '#/components/schemas/Order/properties/metadata'}
                request_id: {$ref: '#/components/schemas/Order/properties/request_id'}
                created_at: {$ref: '#/components/schemas/Order/properties/created_at'}
                updated_at: {$ref: '#/components/schemas/Order/properties/updated_at'}
                settled_at: {$ref: '#/components/schemas/Order/properties/settled_at'}
                expires_at: {$ref: '#/components/schemas/Order/properties/expires_at'}
                auto_renew: {$ref: '#/components/schemas/Order/properties/auto_renew'}
                vendor_details: {$ref: '#/components/schemas/Order/properties/vendor_details'}
            Event:
              type: object
              required:
                - id
                - number
                - type
                - order_id
                - action_id
                - state
                - previous
                - cause
                - actor
                - request_id
                - at
                - data
              additionalProperties: false
              properties:
                id: {$ref: '#/components/schemas/EventID'}
                number:
                  description: Counts from 1 without gaps in each order.
                  type: integer
                  minimum: 1
                type: {$ref: '#/components/schemas/EventType'}
                order_id: {$ref: '#/components/schemas/OrderID'}
                action_id:
                  description: The action that it tells of; `null` for what concerns the order alone.
                  oneOf:
                    - $ref: '#/components/schemas/ActionID'
                    - type: 'null'
                state:
                  description: The state after the event.
                  $ref: '#/components/schemas/Status'
                previous:
                  description: The state before; `null` for the first event.
                  oneOf:
                    - $ref: '#/components/schemas/Status'
                    - type: 'null'
                cause:
                  description: Why, in a stable word.
                  type: string
                actor:
                  type: object
                  required: [kind, name]
                  additionalProperties: false
                  properties:
                    kind:
                      type: string
                      enum: [client, operator, purser, vendor]
                    name:
                      type: string
                request_id: {$ref: '#/components/schemas/TextOrNull'}
                at: {$ref: '#/components/schemas/Time'}
                data:
                  description: |-
                    More about it, as it was known then. `order.provisioning` and `order.completed` tell `vendor`, `vendor_order_id`,
                    `batch_id`, `total`, `total_source` and `expires_at`, as far as they were known; `order.failed` tells `code` and
                    `detail`, as the order's `error`. Every `action.…` tells the action's `kind`, its `request` (what it was asked to
                    do, and to which IPs or entries) and `vendor`; `action.completed` also `total` and `total_source` of what may be
                    charged, `null` where nobody told, and a renewal's new `expires_at` where it is known; `action.failed` tells
                    `code` and `detail`. Events that were stored before this was told stay as they are.
                  type: object
            EventType:
              description: A change of state is named after the new state.
              type: string
              enum:
                - order.pending
                - order.purchasing
                - order.provisioning
                - order.completed
                - order.failed
                - order.unknown
                - order.canceled
                - attempt.started
                - attempt.ended
                - evidence.read
                - decision.made
                - action.pending
                - action.running
                - action.completed
                - action.failed
                - action.unknown
                - goods.expiring
                - goods.expired
                - refund.recorded
            EventMessage:
              description: What a webhook is sent, the same byte for byte at every attempt.
              type: object
              required: [type, timestamp, data]
              additionalProperties: false
              properties:
                type: {$ref: '#/components/schemas/EventType'}
                timestamp:
                  description: When it happened.
                  $ref: '#/components/schemas/Time'
                data: {$ref: '#/components/schemas/Event'}
            TestMessage:
              description: What `POST /webhooks/{id}/test` sends; it tells of nothing, and nothing of it is kept.
              type: object
              required: [type, timestamp, data]
              additionalProperties: false
              properties:
                type:
                  const: webhook.test
                timestamp: {$ref: '#/components/schemas/Time'}
                data:
                  type: object
                  required: [id, type, webhook_id]
                  additionalProperties: false
                  properties:
                    id: {$ref: '#/components/schemas/EventID'}
                    type:
                      const: webhook.test
                    webhook_id:
                      type: string
            EventList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Event'}
                next_cursor:
                  type: 'null'
            EventPage:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Event'}
                next_cursor:
                  description: The last event's id, for `after`; `null` when no more have been committed yet.
                  $ref: '#/components/schemas/TextOrNull'
            Inventory:
              type: object
              required: [data, vendors]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/InventoryRow'}
                vendors:
                  description: Each vendor that was asked about, in the configured order.
                  type: array
                  items: {$ref: '#/components/schemas/VendorInventory'}
            InventoryRow:
              type: object
              required: [vendor, product, country, city, asn, available, price, as_of, stale]
              additionalProperties: false
              properties:
                vendor:
                  description: The vendor's name in the configuration.
                  type: string
                product: {$ref: '#/components/schemas/Product'}
                country:
                  description: ISO 3166-1 alpha-2, upper case.
                  oneOf:
                    - type: string
                      pattern: '^[A-Z]{2}$'
                    - type: 'null'
                city:
                  description: Lower case, letters only, as orders take it.
                  type: [string, 'null']
                asn:
                  type: [integer, 'null']
                available:
                  description: How many there are; `null` when the vendor does not tell.
                  type: [integer, 'null']
                price:
                  $ref: '#/components/schemas/UnitPriceOrNull'
                as_of:
                  description: |-
                    When the reading was begun; where nothing is read, when the price was charged last. `null` for what the
                    configuration states.
                  $ref: '#/components/schemas/TimeOrNull'
                stale:
                  description: Whether the reading is older than it should be.
                  type: boolean
                rental_days:
                  description: For how many days it may be rented; left out when the vendor does not tell.
                  type: array
                  items: {type: integer}
                mobile_operator:
                  description: As an order takes it; left out where there is none.
                  type: string
                rotation_seconds:
                  description: How often the IP may change; left out when the vendor does not tell.
                  type: array
                  items: {type: integer}
                vendor_details:
                  description: What else the vendor said, as it said it, minus secrets; left out where there is nothing.
            VendorInventory:
              type: object
              required: [vendor, state, as_of, error]
              additionalProperties: false
              properties:
                vendor:
                  type: string
                state:
                  description: |-
                    The worst of the vendor's products. `stale`: it could not be read lately, or is being read anew; what was
                    known before is told. `error`: it could not be read, and of some product nothing is known. `not_offered`: it
                    does not sell what was asked for, or cannot choose it so.
                  type: string
                  enum: [not_offered, fresh, stale, error]
                as_of:
                  description: When the oldest reading was begun; `null` when nothing was read.
                  $ref: '#/components/schemas/TimeOrNull'
                error:
                  description: |-
                    Why the last reading failed, as a stable word, such as `connection_refused`, `status_502`, `rate_limited`,
                    `auth_failed`, `resting` (left alone after failures), `no_answer_yet` or `disabled`; `null` when it did not.
                  type: [string, 'null']
            ProxyList:
              type: object
              additionalProperties: false
              required: [data, next_cursor]
              properties:
                data:
                  type: array
                  minItems: 1
                  items: {$ref: '#/components/schemas/Proxy'}
                next_cursor:
                  description: The whole list is one page.
                  type: 'null'
            Proxy:
              description: One IP that was bought. What the vendor does not tell is null.
              type: object
              additionalProperties: false
              required: [ip, ports, protocols, user, password, country, city, asn, expires_at]
              properties:
                ip:
                  description: IPv4 or IPv6, in the normal text form.
                  type: string
                ports:
                  description: Where each protocol is spoken; null where it is not.
                  type: object
                  additionalProperties: false
                  required: [http, socks5]
                  properties:
                    http: {$ref: '#/components/schemas/PortOrNull'}
                    socks5: {$ref: '#/components/schemas/PortOrNull'}
                protocols:
                  description: What it speaks; `http` includes HTTPS by `CONNECT`.
                  type: array
                  minItems: 1
                  items:
                    type: string
                    enum: [http, socks5]
                user:
                  description: Null, as the password, where the user is known by their own address.
                  type: [string, 'null']
                password:
                  type: [string, 'null']
                country:
                  description: ISO 3166-1 alpha-2.
                  type: [string, 'null']
                  pattern: '^[A-Z]{2}$'
                city:
                  description: In the vendor's spelling.
                  type: [string, 'null']
                asn:
                  type: [integer, 'null']
                expires_at:
                  description: When it lapses; what the order says where the vendor does not tell it for each IP.
                  $ref: '#/components/schemas/TimeOrNull'
            PortOrNull:
              type: [integer, 'null']
              minimum: 1
              maximum: 65535
            Nothing:
              type: object
              additionalProperties: false
            Resolution:
              description: >-
                A person's decision. What was not bought has no vendor's id and no total; what was bought and has no total takes
                the price that the vendor had quoted, if any.
              oneOf:
                - type: object
                  required: [outcome, reason]
                  additionalProperties: false
                  properties:
                    outcome:
                      const: bought
                    vendor_order_id:
                      description: The vendor's id of the order or of its batch, which no other order may have.
                      type: string
                      pattern: '^[!-~]{1,128}$'
                    total: {$ref: '#/components/schemas/Amount'}
                    reason: {$ref: '#/components/schemas/Reason'}
                - type: object
                  required: [outcome, reason]
                  additionalProperties: false
                  properties:
                    outcome:
                      const: not_bought
                    reason: {$ref: '#/components/schemas/Reason'}
            Budget:
              type: object
              required: [client, limit, spent, held, free, period, since, resets_at, reason, by, changed_at, warnings]
              additionalProperties: false
              properties:
                client: {$ref: '#/components/schemas/ClientName'}
                limit: {description: What may be spent in the period., $ref: '#/components/schemas/Money'}
                spent: {description: What sold orders and done actions cost., $ref: '#/components/schemas/Money'}
                held: {description: What is set aside for those whose outcome or cost is not known., $ref: '#/components/schemas/Money'}
                free: {description: What is left; may be less than nothing., $ref: '#/components/schemas/Money'}
                period: {$ref: '#/components/schemas/BudgetPeriod'}
                since: {description: When the period began., $ref: '#/components/schemas/TimeOrNull'}
                resets_at: {description: When the next one begins., $ref: '#/components/schemas/TimeOrNull'}
                reason: {description: Why it was set so., $ref: '#/components/schemas/TextOrNull'}
                by: {description: Who set it., type: string}
                changed_at: {$ref: '#/components/schemas/Time'}
                warnings: {$ref: '#/components/schemas/ClientWarnings'}
            ClientWarnings:
              description: A line for each client named here that no key in use belongs to, which is most likely a slip of the pen.
              type: array
              items:
                type: string
            BudgetPeriod:
              description: Once and for all, or anew with each month or day, in UTC.
              type: string
              enum: [total, month, day]
            BudgetList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Budget'}
                next_cursor:
                  type: 'null'
            BudgetRequest:
              type: object
              required: [limit, period, reason]
              additionalProperties: false
              properties:
                limit: {$ref: '#/components/schemas/Amount'}
                period: {$ref: '#/components/schemas/BudgetPeriod'}
                reason: {$ref: '#/components/schemas/Reason'}
            BudgetChange:
              type: object
              required: [number, client, limit, period, reason, by, request_id, at]
              additionalProperties: false
              properties:
                number: {description: 'Counts all changes of budgets, from 1.', type: integer, minimum: 1}
                client: {$ref: '#/components/schemas/ClientName'}
                limit: {description: '`null` where the budget was removed.', $ref: '#/components/schemas/MoneyOrNull'}
                period:
                  oneOf:
                    - $ref: '#/components/schemas/BudgetPeriod'
                    - type: 'null'
                reason: {$ref: '#/components/schemas/TextOrNull'}
                by: {type: string}
                request_id: {type: string}
                at: {$ref: '#/components/schemas/Time'}
            BudgetChangeList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/BudgetChange'}
                next_cursor:
                  type: 'null'
            Buying:
              type: object
              required: [paused, reason, by, since, changes]
              additionalProperties: false
              properties:
                paused: {description: Whether buying is stopped., type: boolean}
                reason: {description: Why., $ref: '#/components/schemas/TextOrNull'}
                by: {description: Who said so last., $ref: '#/components/schemas/TextOrNull'}
                since: {description: Since when nothing is bought., $ref: '#/components/schemas/TimeOrNull'}
                changes:
                  description: The newest hundred, the newest first.
                  type: array
                  items: {$ref: '#/components/schemas/BuyingChange'}
            BuyingChange:
              type: object
              required: [number, paused, reason, by, request_id, at]
              additionalProperties: false
              properties:
                number: {description: 'Counts all changes, from 1.', type: integer, minimum: 1}
                paused: {description: 'Whether it stopped buying, or gave another reason for it.', type: boolean}
                reason: {$ref: '#/components/schemas/TextOrNull'}
                by: {type: string}
                request_id: {type: string}
                at: {$ref: '#/components/schemas/Time'}
            Pause:
              type: object
              required: [reason]
              additionalProperties: false
              properties:
                reason: {$ref: '#/components/schemas/Reason'}
            BuyingNotice:
              description: Why nothing can be bought now, whatever it costs.
              type: object
              required: [reason, by, since]
              additionalProperties: false
              properties:
                reason: {$ref: '#/components/schemas/TextOrNull'}
                by: {type: string}
                since: {$ref: '#/components/schemas/TimeOrNull'}
            BuyingNoticeOrNull:
              oneOf:
                - $ref: '#/components/schemas/BuyingNotice'
                - type: 'null'
            Reason:
              description: Why, for those who read the timeline later.
              type: string
              minLength: 1
              maxLength: 500
            Role:
              type: string
              enum: [buyer, auditor, operator]
            ClientName:
              type: string
              pattern: '^[A-Za-z0-9._-]{1,64}$'
            CopyRequest:
              type: object
              required: [path]
              additionalProperties: false
              properties:
                path:
                  type: string
                  pattern: '^/'
                  description: An absolute path on the server's machine, at which nothing stands.
            Copy:
              type: object
              required: [path, bytes]
              additionalProperties: false
              properties:
                path: {type: string}
                bytes: {type: integer, minimum: 0}
            KeyRequest:
              type: object
              required: [client, role]
              additionalProperties: false
              properties:
                client: {$ref: '#/components/schemas/ClientName'}
                role: {$ref: '#/components/schemas/Role'}
            Key:
              type: object
              required: [id, client, role, created_at, revoked_at]
              additionalProperties: false
              properties:
                id: {$ref: '#/components/schemas/KeyID'}
                client: {$ref: '#/components/schemas/ClientName'}
                role: {$ref: '#/components/schemas/Role'}
                created_at: {$ref: '#/components/schemas/Time'}
                revoked_at: {$ref: '#/components/schemas/TimeOrNull'}
            IssuedKey:
              type: object
              required: [id, client, role, created_at, revoked_at, token]
              additionalProperties: false
              properties:
                id: {$ref: '#/components/schemas/KeyID'}
                client: {$ref: '#/components/schemas/ClientName'}
                role: {$ref: '#/components/schemas/Role'}
                created_at: {$ref: '#/components/schemas/Time'}
                revoked_at:
                  type: 'null'
                token:
                  description: 'What the client sends as `Authorization: Bearer …`; shown once.'
                  type: string
                  pattern: '^pk_[0-9A-HJKMNP-TV-Z]{26}_[A-Za-z0-9_-]{43}$'
            KeyList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Key'}
                next_cursor:
                  type: 'null'
            WebhookID:
              type: string
              pattern: '^whk_[0-9A-HJKMNP-TV-Z]{26}$'
            WebhookURL:
              description: |-
                `https://`, a host of `webhooks.allowed_hosts` at its port, a path and a query. No user, no fragment; an address
                only as four decimal numbers or as IPv6 in brackets.
              type: string
              pattern: '^https?://'
              maxLength: 2048
            WebhookEvents:
              description: Types such as `order.completed`, or families such as `order.*`; empty for all.
              type: array
              maxItems: 50
              items:
                type: string
                pattern: '^([*]|[a-z]+[.]([a-z]+|[*]))$'
            WebhookClients:
              description: Clients whose orders are told of; empty for all.
              type: array
              maxItems: 100
              items: {$ref: '#/components/schemas/ClientName'}
            WebhookRequest:
              type: object
              required: [url]
              additionalProperties: false
              properties:
                url: {$ref: '#/components/schemas/WebhookURL'}
                events: {$ref: '#/components/schemas/WebhookEvents'}
                clients: {$ref: '#/components/schemas/WebhookClients'}
                description: {type: string, maxLength: 200}
            WebhookChange:
              type: object
              additionalProperties: false
              properties:
                url: {$ref: '#/components/schemas/WebhookURL'}
                events: {$ref: '#/components/schemas/WebhookEvents'}
                clients: {$ref: '#/components/schemas/WebhookClients'}
                description:
                  description: An empty text takes it away.
                  type: string
                  maxLength: 200
                enabled:
                  description: Whether events are sent to it, and kept for it.
                  type: boolean
            Webhook:
              type: object
              required: [id, url, events, clients, description, status, disabled, resting, failures_in_a_row, last_delivered_at,
                old_secret_until, created_at, updated_at, warnings]
              additionalProperties: false
              properties:
                id: {$ref: '#/components/schemas/WebhookID'}
                url: {$ref: '#/components/schemas/WebhookURL'}
                warnings: {$ref: '#/components/schemas/ClientWarnings'}
                events: {$ref: '#/components/schemas/WebhookEvents'}
                clients: {$ref: '#/components/schemas/WebhookClients'}
                description: {$ref: '#/components/schemas/TextOrNull'}
                status:
                  description: '`deleted` in the answer to the call that deleted it, and nowhere else.'
                  type: string
                  enum: [active, resting, disabled, deleted]
                disabled:
                  description: Why nothing is sent; `null` while it is in use.
                  oneOf:
                    - type: 'null'
                    - type: object
                      required: [reason, at]
                      additionalProperties: false
                      properties:
                        reason:
                          type: string
                          enum: [operator, gone]
                        at: {$ref: '#/components/schemas/Time'}
                resting:
                  description: Why it is left alone, and when it is tried again; `null` while it takes what it is sent.
                  oneOf:
                    - type: 'null'
                    - type: object
                      required: [since, reason, next_attempt_at]
                      additionalProperties: false
                      properties:
                        since: {$ref: '#/components/schemas/Time'}
                        reason: {$ref: '#/components/schemas/TextOrNull'}
                        next_attempt_at: {$ref: '#/components/schemas/TimeOrNull'}
                failures_in_a_row: {type: integer, minimum: 0}
                last_delivered_at: {$ref: '#/components/schemas/TimeOrNull'}
                old_secret_until:
                  description: Until when the secret before signs beside the new one.
                  $ref: '#/components/schemas/TimeOrNull'
                created_at: {$ref: '#/components/schemas/Time'}
                updated_at: {$ref: '#/components/schemas/Time'}
            CreatedWebhook:
              type: object
              required: [id, url, events, clients, description, status, disabled, resting, failures_in_a_row, last_delivered_at,
                old_secret_until, created_at, updated_at, warnings, secret]
              additionalProperties: false
              properties:
                id: {$ref: '#/components/schemas/WebhookID'}
                url: {$ref: '#/components/schemas/WebhookURL'}
                warnings: {$ref: '#/components/schemas/ClientWarnings'}
                events: {$ref: '#/components/schemas/WebhookEvents'}
                clients: {$ref: '#/components/schemas/WebhookClients'}
                description: {$ref: '#/components/schemas/TextOrNull'}
                status:
                  type: string
                  enum: [active, resting, disabled]
                disabled:
                  description: Why nothing is sent; `null` while it is in use.
                  oneOf:
                    - type: 'null'
                    - type: object
                      required: [reason, at]
                      additionalProperties: false
                      properties:
                        reason:
                          type: string
                          enum: [operator, gone]
                        at: {$ref: '#/components/schemas/Time'}
                resting:
                  description: Why it is left alone, and when it is tried again; `null` while it takes what it is sent.
                  oneOf:
                    - type: 'null'
                    - type: object
                      required: [since, reason, next_attempt_at]
                      additionalProperties: false
                      properties:
                        since: {$ref: '#/components/schemas/Time'}
                        reason: {$ref: '#/components/schemas/TextOrNull'}
                        next_attempt_at: {$ref: '#/components/schemas/TimeOrNull'}
                failures_in_a_row: {type: integer, minimum: 0}
                last_delivered_at: {$ref: '#/components/schemas/TimeOrNull'}
                old_secret_until:
                  description: Until when the secret before signs beside the new one.
                  $ref: '#/components/schemas/TimeOrNull'
                created_at: {$ref: '#/components/schemas/Time'}
                updated_at: {$ref: '#/components/schemas/Time'}
                secret:
                  description: What signs; shown once. The 24 to 64 bytes of the key are what its base64 stands for.
                  type: string
                  pattern: '^whsec_[A-Za-z0-9+/]{32,88}={0,2}$'
            WebhookList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Webhook'}
                next_cursor:
                  type: 'null'
            SecretRotation:
              type: object
              additionalProperties: false
              properties:
                keep_old_for_hours:
                  description: For how long the secret before signs, too.
                  type: integer
                  minimum: 0
                  maximum: 168
                  default: 24
            WebhookTrial:
              type: object
              required: [event_id, delivered, status, error, took_ms]
              additionalProperties: false
              properties:
                event_id: {$ref: '#/components/schemas/EventID'}
                delivered: {type: boolean}
                status:
                  description: The status of the answer; `null` when there was none.
                  type: [integer, 'null']
                error: {$ref: '#/components/schemas/TextOrNull'}
                took_ms: {type: integer, minimum: 0}
            ResendRequest:
              type: object
              required: [failed_since]
              additionalProperties: false
              properties:
                failed_since:
                  description: Of events from here on. RFC 3339 with any offset, or a date, which begins in UTC.
                  type: string
            ResentDeliveries:
              type: object
              required: [resent, has_more]
              additionalProperties: false
              properties:
                resent: {type: integer, minimum: 0, maximum: 1000}
                has_more: {type: boolean}
            DeliveryStatus:
              type: string
              enum: [pending, delivered, failed]
            Delivery:
              type: object
              required: [event_id, type, order_id, event_at, status, attempts, next_attempt_at, waits_for_earlier,
                last_attempt_at, last_status, last_error, settled_at]
              additionalProperties: false
              properties:
                event_id: {$ref: '#/components/schemas/EventID'}
                type: {type: string}
                order_id: {$ref: '#/components/schemas/OrderID'}
                event_at: {$ref: '#/components/schemas/Time'}
                status: {$ref: '#/components/schemas/DeliveryStatus'}
                attempts: {type: integer, minimum: 0}
                next_attempt_at: {$ref: '#/components/schemas/TimeOrNull'}
                waits_for_earlier:
                  description: Whether an earlier event of the order is on its way.
                  type: boolean
                last_attempt_at: {$ref: '#/components/schemas/TimeOrNull'}
                last_status:
                  description: The status of the last answer; `null` when there was none.
                  type: [integer, 'null']
                last_error:
                  description: |-
                    Why the last attempt was no delivery, in a stable word: `status_500`, `redirected`, `timed_out`,
                    `not_connected`, `tls_failed`, `name_not_resolved`, `address_not_allowed`, `host_not_allowed`, `no_answer`;
                    `gave_up` when there was none in three days.
                  $ref: '#/components/schemas/TextOrNull'
                settled_at: {$ref: '#/components/schemas/TimeOrNull'}
            DeliveryList:
              type: object
              required: [data, next_cursor]
              additionalProperties: false
              properties:
                data:
                  type: array
                  items: {$ref: '#/components/schemas/Delivery'}
                next_cursor: {$ref: '#/components/schemas/TextOrNull'}
            Health:
              type: object
              required: [status, version]
              additionalProperties: false
              properties:
                status:
                  const: ok
                version:
                  description: The version of Purser.
                  type: string
            Readiness:
              type: object
              required: [status, checks]
              additionalProperties: false
              properties:
                status:
                  type: string
                  enum: [ready, not_ready]
                checks:
                  type: array
                  minItems: 1
                  items:
                    type: object
                    required: [name, status]
                    additionalProperties: false
                    properties:
                      name:
                        description: What was checked.
                        type: string
                        enum: [accepting, outcomes_stored, store_writes]
                      status:
                        type: string
                        enum: [ok, failing]
                      detail:
                        description: What is wrong, of a check that fails.
                        type: string
            AnyText:
              type: string
            AnyObject:
              type: object
            ProblemCode:
              type: string
              enum:
                - malformed_request
                - idempotency_key_missing
                - unsupported_media_type
                - body_too_large
                - request_timeout
                - expectation_failed
                - invalid_request
                - no_vendor
                - idempotency_key_reused
                - not_cancelable
                - not_resolvable
                - not_refundable
                - refund_currency_mismatch
                - refund_exceeds_total
                - action_not_allowed
                - proxies_not_ready
                - no_proxies
                - unauthenticated
                - forbidden
                - not_found
                - method_not_allowed
                - insufficient_balance
                - kyc_required
                - insufficient_inventory
                - quantity_out_of_range
                - vendor_rejected
                - promo_code_invalid
                - price_above_limit
                - price_unknown
                - budget_exceeded
                - buying_paused
                - rate_limited
                - overloaded
                - vendor_auth_failed
                - vendor_unavailable
                - store_unavailable
                - internal_error
            Problem:
              description: An error, after RFC 9457.
              type: object
              required: [type, title, status, code, detail, money_state, retry_action, request_id]
              additionalProperties: false
              properties:
                type:
                  description: A page about the code.
                  type: string
                  pattern: '^/problems/[a-z_]+$'
                title:
                  description: A summary; always the same for a code.
                  type: string
                status:
                  description: The HTTP status.
                  type: integer
                  minimum: 400
                  maximum: 599
                code: {$ref: '#/components/schemas/ProblemCode'}
                detail:
                  description: What is wrong this time.
                  type: string
                money_state: {$ref: '#/components/schemas/MoneyState'}
                retry_action:
                  description: |-
                    May I send it again? `fix_request`: not as it is. `same_key`: yes, with the same key; it is safe, and the
                    way to learn more. `new_key`: this key is finished; a new one is a new purchase. `wait`: yes, after the pause
                    of `Retry-After`. `poll`: read the order until it is settled. `ask_operator`: a person has to do something
                    first. Where the problem tells of an order or action that failed, its key is finished also with `fix_request`
                    and `ask_operator`: what is sent after that needs a new one.
                  type: string
                  enum: [fix_request, same_key, new_key, wait, poll, ask_operator]
                request_id:
                  type: string
                order_id:
                  description: The order that the problem is about. With a purchase's own problem, it is stored as `failed`.
                  $ref: '#/components/schemas/OrderID'
                action_id:
                  description: The action that the problem is about. With an action's own problem, it is stored as `failed`.
                  $ref: '#/components/schemas/ActionID'
                vendor: {$ref: '#/components/schemas/VendorStatement'}
                errors:
                  description: Everything that is wrong, not only the first; of more than 100 things the first 100.
                  type: array
                  minItems: 1
                  maxItems: 100
                  items: {$ref: '#/components/schemas/Fault'}
            Fault:
              description: One thing that is wrong, and where.
              type: object
              required: [code, detail]
              oneOf:
                - required: [pointer]
                - required: [parameter]
                - required: [vendor]
              additionalProperties: false
              properties:
                pointer:
                  description: A JSON pointer into the body.
                  type: string
                parameter:
                  description: A query parameter.
                  type: string
                vendor:
                  description: A vendor that cannot sell the request.
                  type: string
                code:
                  description: A stable code of the fault.
                  type: string
                  pattern: '^[a-z0-9_]+$'
                detail:
                  description: What is wrong and how to mend it.
                  type: string
          examples:
            residential:
              summary: Residential traffic
              value:
                product: residential
                gb: 50
                max_total: '250.00'
            mobile_by_gb:
              summary: Mobile traffic, at a named vendor
              value:
                product: mobile
                gb: 7.5
                vendor: helodata
            mobile_by_ip:
              summary: Mobile IPs
              value:
                product: mobile
                quantity: 1
                days: 30
                country: GB
                mobile_operator: vodafone
                rotation_seconds: 300
                goal: testing
            isp:
              summary: ISP IPs of one network, under a ceiling
              value:
                product: isp
                country: US
                city: newyork
                asn: 7922
                quantity: 20
                months: 1
                vendor: auto
                max_total: '150.00'
                metadata:
                  team: crawl
            ipv4:
              summary: IPv4 for one address
              value:
                product: ipv4
                quantity: 10
                days: 30
                country: DEU
                goal: scraping
                auth:
                  type: ip
                  ip: '203.0.113.7'
            ipv6:
              summary: IPv6 with a promo code
              value:
                product: ipv6
                quantity: 100
                days: 90
                country: DE
                protocol: socks
                promo_code: CLIENT-PROMO
            completed_order:
              summary: Sold and ready
              value:
                id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                status: completed
                money_state: spent
                product: isp
                vendor: helodata
                vendor_order_id: ord_01HXabc
                vendor_order_number: null
                batch_id: bat_01HXabc
                request:
                  product: isp
                  quantity: 20
                  months: 1
                  country: US
                  city: newyork
                  asn: 7922
                  vendor: auto
                  max_total: '150.00'
                total:
                  amount: '120.00'
                  currency: USD
                total_source: vendor
                held: null
                refunded: null
                routing:
                  policy: priority
                  chosen: helodata
                  candidates:
                    - vendor: helodata
                      price:
                        amount: '120.00'
                        currency: USD
                      price_source: inventory
                      price_as_of: '2026-05-28T09:59:58.000Z'
                      unpriced: null
                      chosen: true
                      ruled_out: null
                      unused: []
                    - vendor: legacy
                      price: null
                      price_source: null
                      price_as_of: null
                      unpriced: null
                      chosen: false
                      ruled_out: cannot choose an ASN
                      unused: []
                attempts:
                  - number: 1
                    vendor: helodata
                    outcome: bought
                    started_at: '2026-05-28T10:00:00.000Z'
                    ended_at: '2026-05-28T10:00:01.000Z'
                unknown: null
                error: null
                flags: []
                client: crawler
                idempotency_key: 'crawler-2026-05-28-001'
                metadata:
                  team: crawl
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:01.000Z'
                settled_at: '2026-05-28T10:00:01.000Z'
                expires_at: '2026-06-28T10:00:00.000Z'
                auto_renew: null
                vendor_details:
                  status: completed
            catalog:
              summary: One row of each vendor
              value:
                data:
                  - vendor: helodata
                    product: isp
                    sold_by: ip
                    required: [quantity, months, country]
                    optional: [city, asn, subuser]
                    unused: [goal]
                    quantity: {min: 5, max: 5000}
                    rental: months
                    quotes: false
                    inventory: true
                    countries: null
                    rental_days: null
                    mobile_operators: null
                    promo_codes: null
                    as_of: null
                    stale: false
                    error: null
                  - vendor: legacy
                    product: mobile
                    sold_by: ip
                    required: [quantity, months, country, mobile_operator, rotation_seconds]
                    optional: [auth, promo_code, goal]
                    unused: []
                    quantity: null
                    rental: days
                    quotes: true
                    inventory: false
                    countries: [DE, US]
                    rental_days: [30, 360]
                    mobile_operators:
                      - name: verizon
                        country: US
                        rotation_seconds: [300, 600]
                    promo_codes:
                      - code: SAVE10
                        discount_percent: '10'
                        starts_at: null
                        ends_at: null
                    as_of: '2026-05-28T09:00:00.000Z'
                    stale: false
                    error: null
                next_cursor: null
            vendors:
              summary: One vendor
              value:
                data:
                  - name: helodata
                    kind: helodata
                    enabled: true
                    products: []
                    idempotent: true
                    key_holds: true
                    health:
                      circuit: closed
                      rest_seconds: null
                      answered_at: '2026-05-28T10:00:00.000Z'
                      failures_in_a_row: 0
                      last_failure:
                        reason: deadline
                        at: '2026-05-27T03:12:09.000Z'
                      latency_ms: 182
                    account:
                      balance: {amount: '1250.40', currency: USD}
                      kyc_status: approved
                      as_of: '2026-05-28T10:00:00.000Z'
                      stale: false
                      error: null
                    overdraft: null
                    purchases_in_flight: 2
                    purchases_at_once: 32
                    unknown_orders: 0
                    oldest_unknown: null
                    unknown_actions: 0
                    oldest_unknown_action: null
                next_cursor: null
            vendor:
              summary: HeloData
              value:
                name: helodata
                kind: helodata
                enabled: true
                products: []
                idempotent: true
                key_holds: true
                health:
                  circuit: closed
                  rest_seconds: null
                  answered_at: '2026-05-28T10:00:00.000Z'
                  failures_in_a_row: 0
                  last_failure:
                    reason: deadline
                    at: '2026-05-27T03:12:09.000Z'
                  latency_ms: 182
                account:
                  balance: {amount: '1250.40', currency: USD}
                  kyc_status: approved
                  as_of: '2026-05-28T10:00:00.000Z'
                  stale: false
                  error: null
                overdraft: null
                purchases_in_flight: 2
                purchases_at_once: 32
                unknown_orders: 0
                oldest_unknown: null
                unknown_actions: 0
                oldest_unknown_action: null
            quotation:
              summary: Both vendors sell it
              value:
                policy: cheapest
                chosen: helodata
                buying_paused: null
                data:
                  - vendor: helodata
                    available: 240
                    total: {amount: '120.00', currency: USD}
                    unit_price: {amount: '6.00', currency: USD, per: ip_month}
                    price_source: inventory
                    as_of: '2026-05-28T10:00:00.000Z'
                    unpriced: null
                    warnings: []
                    ruled_out: null
                    unused: []
                    budget_problem: null
                  - vendor: legacy
                    available: null
                    total: {amount: '131.00', currency: USD}
                    unit_price: null
                    price_source: quote
                    as_of: '2026-05-28T10:00:00.000Z'
                    unpriced: null
                    warnings: []
                    ruled_out: null
                    unused: []
                    budget_problem: null
            purchasing_order:
              summary: On its way
              value:
                id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                status: purchasing
                money_state: maybe_spent
                product: isp
                vendor: helodata
                vendor_order_id: null
                vendor_order_number: null
                batch_id: null
                request:
                  product: isp
                  quantity: 20
                  months: 1
                  country: US
                  city: newyork
                  asn: 7922
                  vendor: auto
                  max_total: '150.00'
                total: null
                total_source: null
                held: null
                refunded: null
                routing:
                  policy: priority
                  chosen: helodata
                  candidates:
                    - vendor: helodata
                      price:
                        amount: '120.00'
                        currency: USD
                      price_source: inventory
                      price_as_of: '2026-05-28T09:59:58.000Z'
                      unpriced: null
                      chosen: true
                      ruled_out: null
                      unused: []
                    - vendor: legacy
                      price: null
                      price_source: null
                      price_as_of: null
                      unpriced: null
                      chosen: false
                      ruled_out: cannot choose an ASN
                      unused: []
                attempts:
                  - number: 1
                    vendor: helodata
                    outcome: null
                    started_at: '2026-05-28T10:00:00.000Z'
                    ended_at: null
                unknown: null
                error: null
                flags: []
                client: crawler
                idempotency_key: 'crawler-2026-05-28-001'
                metadata:
                  team: crawl
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:00.000Z'
                settled_at: null
                expires_at: null
                auto_renew: null
                vendor_details: null
            unknown_order:
              summary: The answer was lost, and is being found out
              value:
                id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                status: unknown
                money_state: maybe_spent
                product: isp
                vendor: helodata
                vendor_order_id: null
                vendor_order_number: null
                batch_id: null
                request:
                  product: isp
                  quantity: 20
                  months: 1
                  country: US
                  city: newyork
                  asn: 7922
                  vendor: auto
                  max_total: '150.00'
                total: null
                total_source: null
                held: null
                refunded: null
                routing:
                  policy: priority
                  chosen: helodata
                  candidates:
                    - vendor: helodata
                      price:
                        amount: '120.00'
                        currency: USD
                      price_source: inventory
                      price_as_of: '2026-05-28T09:59:58.000Z'
                      unpriced: null
                      chosen: true
                      ruled_out: null
                      unused: []
                    - vendor: legacy
                      price: null
                      price_source: null
                      price_as_of: null
                      unpriced: null
                      chosen: false
                      ruled_out: cannot choose an ASN
                      unused: []
                attempts:
                  - number: 1
                    vendor: helodata
                    outcome: unknown
                    started_at: '2026-05-28T10:00:00.000Z'
                    ended_at: '2026-05-28T10:00:05.000Z'
                unknown:
                  since: '2026-05-28T10:00:05.000Z'
                  reason: connection_lost
                  needs_review: false
                  findings: []
                error: null
                flags: []
                client: crawler
                idempotency_key: 'crawler-2026-05-28-001'
                metadata:
                  team: crawl
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:05.000Z'
                settled_at: null
                expires_at: null
                auto_renew: null
                vendor_details: null
            review_order:
              summary: Only a person can decide
              value:
                id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                status: unknown
                money_state: maybe_spent
                product: isp
                vendor: helodata
                vendor_order_id: null
                vendor_order_number: null
                batch_id: null
                request:
                  product: isp
                  quantity: 20
                  months: 1
                  country: US
                  city: newyork
                  asn: 7922
                  vendor: auto
                  max_total: '150.00'
                total: null
                total_source: null
                held: null
                refunded: null
                routing:
                  policy: priority
                  chosen: helodata
                  candidates:
                    - vendor: helodata
                      price:
                        amount: '120.00'
                        currency: USD
                      price_source: inventory
                      price_as_of: '2026-05-28T09:59:58.000Z'
                      unpriced: null
                      chosen: true
                      ruled_out: null
                      unused: []
                    - vendor: legacy
                      price: null
                      price_source: null
                      price_as_of: null
                      unpriced: null
                      chosen: false
                      ruled_out: cannot choose an ASN
                      unused: []
                attempts:
                  - number: 1
                    vendor: helodata
                    outcome: unknown
                    started_at: '2026-05-28T10:00:00.000Z'
                    ended_at: '2026-05-28T10:00:05.000Z'
                unknown:
                  since: '2026-05-28T10:00:05.000Z'
                  reason: status_502
                  needs_review: true
                  findings:
                    - two batches fit
                error: null
                flags: []
                client: crawler
                idempotency_key: 'crawler-2026-05-28-001'
                metadata:
                  team: crawl
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:05.000Z'
                settled_at: null
                expires_at: null
                auto_renew: null
                vendor_details: null
            failed_order:
              summary: Definitely not bought
              value:
                id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                status: failed
                money_state: not_spent
                product: isp
                vendor: helodata
                vendor_order_id: null
                vendor_order_number: null
                batch_id: null
                request:
                  product: isp
                  quantity: 20
                  months: 1
                  country: US
                  city: newyork
                  asn: 7922
                  vendor: auto
                  max_total: '150.00'
                total: null
                total_source: null
                held: null
                refunded: null
                routing:
                  policy: priority
                  chosen: helodata
                  candidates:
                    - vendor: helodata
                      price:
                        amount: '120.00'
                        currency: USD
                      price_source: inventory
                      price_as_of: '2026-05-28T09:59:58.000Z'
                      unpriced: null
                      chosen: true
                      ruled_out: null
                      unused: []
                    - vendor: legacy
                      price: null
                      price_source: null
                      price_as_of: null
                      unpriced: null
                      chosen: false
                      ruled_out: cannot choose an ASN
                      unused: []
                attempts:
                  - number: 1
                    vendor: helodata
                    outcome: refused
                    started_at: '2026-05-28T10:00:00.000Z'
                    ended_at: '2026-05-28T10:00:01.000Z'
                unknown: null
                error:
                  code: insufficient_balance
                  detail: helodata refused the order
                  vendor:
                    name: helodata
                    code: insufficient_balance
                    message: Account balance cannot cover the order
                flags: []
                client: crawler
                idempotency_key: 'crawler-2026-05-28-001'
                metadata:
                  team: crawl
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:01.000Z'
                settled_at: '2026-05-28T10:00:01.000Z'
                expires_at: null
                auto_renew: null
                vendor_details: null
            canceled_order:
              summary: Withdrawn before anything was sent
              value:
                id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                status: canceled
                money_state: not_spent
                product: isp
                vendor: helodata
                vendor_order_id: null
                vendor_order_number: null
                batch_id: null
                request:
                  product: isp
                  quantity: 20
                  months: 1
                  country: US
                  city: newyork
                  asn: 7922
                  vendor: auto
                  max_total: '150.00'
                total: null
                total_source: null
                held: null
                refunded: null
                routing:
                  policy: priority
                  chosen: helodata
                  candidates:
                    - vendor: helodata
                      price:
                        amount: '120.00'
                        currency: USD
                      price_source: inventory
                      price_as_of: '2026-05-28T09:59:58.000Z'
                      unpriced: null
                      chosen: true
                      ruled_out: null
                      unused: []
                    - vendor: legacy
                      price: null
                      price_source: null
                      price_as_of: null
                      unpriced: null
                      chosen: false
                      ruled_out: cannot choose an ASN
                      unused: []
                attempts: []
                unknown: null
                error: null
                flags: []
                client: crawler
                idempotency_key: 'crawler-2026-05-28-001'
                metadata:
                  team: crawl
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:01.000Z'
                settled_at: '2026-05-28T10:00:01.000Z'
                expires_at: null
                auto_renew: null
                vendor_details: null
            statistics:
              summary: "`group_by=day,vendor`"
              value:
                group_by: [day, vendor]
                tz: UTC
                data:
                  - day: '2026-05-28'
                    vendor: helodata
                    currency: USD
                    orders: 3
                    spent_orders: 2
                    spent: {amount: '240.00', currency: USD}
                    unpriced_orders: 0
                    maybe_spent_orders: 1
                    maybe_spent: {amount: '120.00', currency: USD}
                    unquoted_orders: 0
                    quantity: 40
                    gb: 0
                    refunded: {amount: '0.00', currency: USD}
                    actions: null
                totals:
                  - currency: USD
                    orders: 3
                    spent_orders: 2
                    spent: {amount: '240.00', currency: USD}
                    unpriced_orders: 0
                    maybe_spent_orders: 1
                    maybe_spent: {amount: '120.00', currency: USD}
                    unquoted_orders: 0
                    quantity: 40
                    gb: 0
                    refunded: {amount: '0.00', currency: USD}
                    actions: null
                next_cursor: null
            statistics_csv:
              summary: "`group_by=vendor&format=csv`"
              value: |-
                vendor,currency,orders,spent_orders,spent,unpriced_orders,maybe_spent_orders,maybe_spent,unquoted_orders,quantity,gb,refunded,charged_actions,actions_spent,unpriced_actions,maybe_charged_actions,actions_maybe_spent,unquoted_actions
                helodata,USD,3,2,240.00,0,1,120.00,0,40,0,0.00,0,0.00,0,0,0.00,0
            event_stream:
              summary: An event, and a comment that says that the stream lives
              value: |
                retry: 2000

                id: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1
                event: order.completed
                data: {"id":"evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1","number":3,"type":"order.completed"}

                :
            trimmed_order_list:
              summary: "`fields=id,status,total`"
              value:
                data:
                  - {id: ord_01JDA3V4T8Z3M7N5Q6R8S9T0W1, status: completed, total: {amount: '120.00', currency: USD}}
                next_cursor: null
            orders_csv:
              summary: "`format=csv&fields=id,status,total,currency,metadata`"
              value: |-
                id,status,total,currency,metadata
                ord_01JDA3V4T8Z3M7N5Q6R8S9T0W1,completed,120.00,USD,"{""team"":""crawl""}"
            orders_ndjson:
              summary: "`format=ndjson&fields=id,total`"
              value: |-
                {"id":"ord_01JDA3V4T8Z3M7N5Q6R8S9T0W1","total":{"amount":"120.00","currency":"USD"}}
            order_list:
              summary: A page with another behind it
              value:
                data:
                  - id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    status: canceled
                    money_state: not_spent
                    product: isp
                    vendor: helodata
                    vendor_order_id: null
                    vendor_order_number: null
                    batch_id: null
                    request:
                      product: isp
                      quantity: 20
                      months: 1
                      country: US
                      city: newyork
                      asn: 7922
                      vendor: auto
                      max_total: '150.00'
                    total: null
                    total_source: null
                    refunded: null
                    routing:
                      policy: priority
                      chosen: helodata
                      candidates:
                        - vendor: helodata
                          price:
                            amount: '120.00'
                            currency: USD
                          price_source: inventory
                          price_as_of: '2026-05-28T09:59:58.000Z'
                          unpriced: null
                          chosen: true
                          ruled_out: null
                          unused: []
                        - vendor: legacy
                          price: null
                          price_source: null
                          price_as_of: null
                          unpriced: null
                          chosen: false
                          ruled_out: cannot choose an ASN
                          unused: []
                    attempts: []
                    unknown: null
                    error: null
                    flags: []
                    client: crawler
                    idempotency_key: 'crawler-2026-05-28-001'
                    metadata:
                      team: crawl
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                    created_at: '2026-05-28T10:00:00.000Z'
                    updated_at: '2026-05-28T10:00:01.000Z'
                    settled_at: '2026-05-28T10:00:01.000Z'
                    expires_at: null
                    auto_renew: null
                    vendor_details: null
                next_cursor: b3JkXzAxSzdDMFg0WjBNM1Q1QThRSDJCNk5ERUZHc2VhbGVkLXdpdGgtaG1hYy4u
            event_list:
              summary: Accepted, and withdrawn
              value:
                data:
                  - id: evt_01K7C0X4Z0M3T5A8QH2B6NDEF1
                    number: 1
                    type: order.pending
                    order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    action_id: null
                    state: pending
                    previous: null
                    cause: accepted
                    actor:
                      kind: client
                      name: crawler
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                    at: '2026-05-28T10:00:00.000Z'
                    data: {}
                  - id: evt_01K7C0X4Z0M3T5A8QH2B6NDEF2
                    number: 2
                    type: order.canceled
                    order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    action_id: null
                    state: canceled
                    previous: pending
                    cause: canceled
                    actor:
                      kind: client
                      name: crawler
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                    at: '2026-05-28T10:00:01.000Z'
                    data: {}
                next_cursor: null
            inventory:
              summary: ISP addresses in the US at both vendors
              value:
                data:
                  - vendor: helodata
                    product: isp
                    country: US
                    city: newyork
                    asn: 7922
                    available: 412
                    price: {amount: '5.99', currency: USD, per: ip_month}
                    as_of: '2026-05-28T10:00:00.000Z'
                    stale: false
                  - vendor: legacy
                    product: isp
                    country: US
                    city: null
                    asn: null
                    available: null
                    price: null
                    as_of: '2026-05-28T06:30:00.000Z'
                    stale: false
                    rental_days: [5, 10, 30, 90, 180, 360]
                vendors:
                  - {vendor: helodata, state: fresh, as_of: '2026-05-28T10:00:00.000Z', error: null}
                  - {vendor: legacy, state: fresh, as_of: '2026-05-28T06:30:00.000Z', error: null}
            stale_inventory:
              summary: A vendor that cannot be reached
              value:
                data:
                  - vendor: helodata
                    product: isp
                    country: US
                    city: newyork
                    asn: 7922
                    available: 412
                    price: {amount: '5.99', currency: USD, per: ip_month}
                    as_of: '2026-05-28T10:00:00.000Z'
                    stale: true
                    vendor_details: {tier: premium}
                vendors:
                  - {vendor: helodata, state: stale, as_of: '2026-05-28T10:00:00.000Z', error: connection_refused}
                  - {vendor: legacy, state: not_offered, as_of: null, error: null}
            mobile_inventory:
              summary: Both kinds of mobile
              value:
                data:
                  - vendor: helodata
                    product: mobile
                    country: null
                    city: null
                    asn: null
                    available: null
                    price: {amount: '8.00', currency: USD, per: gb}
                    as_of: null
                    stale: false
                  - vendor: legacy
                    product: mobile
                    country: US
                    city: null
                    asn: null
                    available: null
                    price: null
                    as_of: '2026-05-28T06:30:00.000Z'
                    stale: false
                    rental_days: [5, 10, 30]
                    mobile_operator: verizon
                    rotation_seconds: [120, 300, 600]
                vendors:
                  - {vendor: helodata, state: fresh, as_of: null, error: null}
                  - {vendor: legacy, state: fresh, as_of: '2026-05-28T06:30:00.000Z', error: null}
            renewal:
              summary: One more month, under a ceiling
              value:
                months: 1
                max_total: '150.00'
            renewal_of_ips:
              summary: Two of the IPs at legacy
              value:
                days: 30
                ips: ['48151', '48152']
                promo_code: 'CLIENT-PROMO'
            auto_renewal:
              summary: Thirty days each time
              value:
                enabled: true
                days: 30
            no_auto_renewal:
              summary: No more
              value:
                enabled: false
            replacement:
              summary: Free, else at most the price of one IP
              value:
                reason: 'target-blocked'
                batch_id: bat_01HXabc
                max_total: '6.00'
            whitelist_request:
              summary: One network
              value:
                address: '203.0.113.0/24'
                label: office
            done:
              summary: Found in the vendor's panel
              value:
                outcome: done
                total: '120.00'
                reason: The panel shows the new expiry
            not_done:
              summary: The vendor's support denies it
              value:
                outcome: not_done
                reason: Ticket 4712 says that nothing was renewed
            renewed_action:
              summary: A renewal
              value:
                id: act_01K7C0X4Z0M3T5A8QH2B6NDEFG
                kind: renew
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                batch_id: bat_01HXabc
                vendor: helodata
                status: completed
                money_state: spent
                request:
                  kind: renew
                  months: 1
                  max_total: '150.00'
                quoted:
                  amount: '120.00'
                  currency: USD
                total:
                  amount: '120.00'
                  currency: USD
                total_source: vendor
                result:
                  expires_at: '2026-07-28T10:00:00.000Z'
                unknown: null
                error: null
                client: crawler
                idempotency_key: 'renew-2026-06-27-001'
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-06-27T10:00:00.000Z'
                updated_at: '2026-06-27T10:00:01.000Z'
                settled_at: '2026-06-27T10:00:01.000Z'
                vendor_details:
                  expires_at: '2026-07-28T10:00:00Z'
            replaced_action:
              summary: A free replacement
              value:
                id: act_01K7C0X4Z0M3T5A8QH2B6NDEFG
                kind: replace
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                batch_id: bat_01HXabc
                vendor: helodata
                status: completed
                money_state: not_spent
                request:
                  kind: replace
                  ip: ip_01HXdef
                  reason: 'target-blocked'
                quoted:
                  amount: '0.00'
                  currency: USD
                total:
                  amount: '0.00'
                  currency: USD
                total_source: quote
                result: {}
                unknown: null
                error: null
                client: crawler
                idempotency_key: 'renew-2026-06-27-001'
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-06-27T10:00:00.000Z'
                updated_at: '2026-06-27T10:00:01.000Z'
                settled_at: '2026-06-27T10:00:01.000Z'
                vendor_details:
                  status: replacing
            running_action:
              summary: On its way to the vendor
              value:
                id: act_01K7C0X4Z0M3T5A8QH2B6NDEFG
                kind: renew
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                batch_id: bat_01HXabc
                vendor: helodata
                status: running
                money_state: maybe_spent
                request:
                  kind: renew
                  months: 1
                  max_total: '150.00'
                quoted:
                  amount: '120.00'
                  currency: USD
                total: null
                total_source: null
                result: null
                unknown: null
                error: null
                client: crawler
                idempotency_key: 'renew-2026-06-27-001'
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-06-27T10:00:00.000Z'
                updated_at: '2026-06-27T10:00:01.000Z'
                settled_at: null
                vendor_details: null
            unknown_action:
              summary: The answer was lost; evidence is being read
              value:
                id: act_01K7C0X4Z0M3T5A8QH2B6NDEFG
                kind: renew
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                batch_id: bat_01HXabc
                vendor: helodata
                status: unknown
                money_state: maybe_spent
                request:
                  kind: renew
                  months: 1
                  max_total: '150.00'
                quoted:
                  amount: '120.00'
                  currency: USD
                total: null
                total_source: null
                result: null
                unknown:
                  since: '2026-06-27T10:00:31.000Z'
                  reason: deadline
                  needs_review: false
                  findings: []
                error: null
                client: crawler
                idempotency_key: 'renew-2026-06-27-001'
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-06-27T10:00:00.000Z'
                updated_at: '2026-06-27T10:00:31.000Z'
                settled_at: null
                vendor_details: null
            review_action:
              summary: Only a person can decide
              value:
                id: act_01K7C0X4Z0M3T5A8QH2B6NDEFG
                kind: renew
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                batch_id: bat_01HXabc
                vendor: helodata
                status: unknown
                money_state: maybe_spent
                request:
                  kind: renew
                  months: 1
                  max_total: '150.00'
                quoted:
                  amount: '120.00'
                  currency: USD
                total: null
                total_source: null
                result: null
                unknown:
                  since: '2026-06-27T10:00:31.000Z'
                  reason: deadline
                  needs_review: true
                  findings: [the vendor does not show what would have changed, the balance could not be read]
                error: null
                client: crawler
                idempotency_key: 'renew-2026-06-27-001'
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-06-27T10:00:00.000Z'
                updated_at: '2026-06-27T10:15:31.000Z'
                settled_at: null
                vendor_details: null
            failed_action:
              summary: The vendor refused
              value:
                id: act_01K7C0X4Z0M3T5A8QH2B6NDEFG
                kind: renew
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                batch_id: bat_01HXabc
                vendor: helodata
                status: failed
                money_state: not_spent
                request:
                  kind: renew
                  months: 1
                  max_total: '150.00'
                quoted:
                  amount: '120.00'
                  currency: USD
                total: null
                total_source: null
                result: null
                unknown: null
                error:
                  code: insufficient_balance
                  detail: helodata refused the action
                  vendor:
                    name: helodata
                    code: insufficient_balance
                    message: Account balance cannot cover it
                client: crawler
                idempotency_key: 'renew-2026-06-27-001'
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                created_at: '2026-06-27T10:00:00.000Z'
                updated_at: '2026-06-27T10:00:01.000Z'
                settled_at: '2026-06-27T10:00:01.000Z'
                vendor_details: null
            action_list:
              summary: One renewal
              value:
                data:
                  - id: act_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    kind: renew
                    order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    batch_id: bat_01HXabc
                    vendor: helodata
                    status: completed
                    money_state: spent
                    request:
                      kind: renew
                      months: 1
                      max_total: '150.00'
                    quoted:
                      amount: '120.00'
                      currency: USD
                    total:
                      amount: '120.00'
                      currency: USD
                    total_source: vendor
                    result:
                      expires_at: '2026-07-28T10:00:00.000Z'
                    unknown: null
                    error: null
                    client: crawler
                    idempotency_key: 'renew-2026-06-27-001'
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                    created_at: '2026-06-27T10:00:00.000Z'
                    updated_at: '2026-06-27T10:00:01.000Z'
                    settled_at: '2026-06-27T10:00:01.000Z'
                    vendor_details:
                      expires_at: '2026-07-28T10:00:00Z'
                next_cursor: null
            batch:
              summary: Twenty IPs in New York
              value:
                id: bat_01HXabc
                status: active
                vendor: helodata
                country: US
                city: newyork
                asn: 7922
                quantity: 20
                expires_at: '2026-06-28T10:00:00.000Z'
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                replacements:
                  free_until: '2026-06-11T10:00:00.000Z'
                  remaining: 19
                vendor_details:
                  auto_renew: false
            bare_batch:
              summary: One that no order bought, and of which its vendor tells little
              value:
                id: bat_01HWxyz
                status: null
                vendor: helodata
                country: null
                city: null
                asn: null
                quantity: 5
                expires_at: null
                order_id: null
                replacements: null
                vendor_details: {}
            batch_list:
              summary: The last page
              value:
                data:
                  - id: bat_01HXabc
                    status: active
                    vendor: helodata
                    country: US
                    city: newyork
                    asn: 7922
                    quantity: 20
                    expires_at: '2026-06-28T10:00:00.000Z'
                    order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    replacements:
                      free_until: '2026-06-11T10:00:00.000Z'
                      remaining: 19
                    vendor_details:
                      auto_renew: false
                next_cursor: null
            whitelist:
              summary: One network
              value:
                data:
                  - id: wl_01HXabc
                    address: '203.0.113.0/24'
                    label: office
                    created_at: '2026-05-28T10:05:00.000Z'
                next_cursor: null
            bought:
              summary: Found in the vendor's panel
              value:
                outcome: bought
                vendor_order_id: ord_01HXabc
                total: '120.00'
                reason: 'The batch is in the panel, made at 10:00:03'
            not_bought:
              summary: The vendor's support denies it
              value:
                outcome: not_bought
                reason: Ticket 4711 says that no order reached them
            metrics:
              summary: A part of them
              value: |
                # HELP purser_unknown_orders Orders that the vendor may have sold; being settled by evidence or a person.
                # TYPE purser_unknown_orders gauge
                purser_unknown_orders{vendor="helodata"} 0
                purser_unknown_orders{vendor="legacy"} 1
            budget:
              summary: A client's in May
              value:
                client: crawler
                limit: {amount: '500.00', currency: USD}
                spent: {amount: '320.00', currency: USD}
                held: {amount: '148.50', currency: USD}
                free: {amount: '31.50', currency: USD}
                period: month
                since: '2026-05-01T00:00:00.000Z'
                resets_at: '2026-06-01T00:00:00.000Z'
                reason: as agreed with the team
                by: kim
                changed_at: '2026-05-04T09:00:00.000Z'
                warnings: []
            budgets:
              summary: One client has one
              value:
                data:
                  - client: crawler
                    limit: {amount: '500.00', currency: USD}
                    spent: {amount: '320.00', currency: USD}
                    held: {amount: '148.50', currency: USD}
                    free: {amount: '31.50', currency: USD}
                    period: month
                    since: '2026-05-01T00:00:00.000Z'
                    resets_at: '2026-06-01T00:00:00.000Z'
                    reason: as agreed with the team
                    by: kim
                    changed_at: '2026-05-04T09:00:00.000Z'
                    warnings: []
                next_cursor: null
            new_budget:
              summary: 500 US dollars a month
              value: {limit: '500.00', period: month, reason: as agreed with the team}
            budget_changes:
              summary: It was set, and removed later
              value:
                data:
                  - number: 2
                    client: crawler
                    limit: null
                    period: null
                    reason: null
                    by: lee
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1M
                    at: '2026-05-28T11:00:00.000Z'
                  - number: 1
                    client: crawler
                    limit: {amount: '500.00', currency: USD}
                    period: month
                    reason: as agreed with the team
                    by: kim
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                    at: '2026-05-04T09:00:00.000Z'
                next_cursor: null
            pause:
              summary: Why
              value:
                reason: the vendor's invoices are being checked
            buying_goes_on:
              summary: It was paused once
              value:
                paused: false
                reason: null
                by: null
                since: null
                changes:
                  - {number: 2, paused: false, reason: null, by: lee, request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1M, at: '2026-05-28T11:00:00.000Z'}
                  - number: 1
                    paused: true
                    reason: the vendor's invoices are being checked
                    by: kim
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                    at: '2026-05-28T10:00:00.000Z'
            buying_stopped:
              summary: It is paused
              value:
                paused: true
                reason: the vendor's invoices are being checked
                by: kim
                since: '2026-05-28T10:00:00.000Z'
                changes:
                  - number: 1
                    paused: true
                    reason: the vendor's invoices are being checked
                    by: kim
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                    at: '2026-05-28T10:00:00.000Z'
            new_copy:
              summary: A file beside others
              value:
                path: /var/backups/purser.db.part
            copy:
              summary: A copy of a small database
              value:
                path: /var/backups/purser.db.part
                bytes: 1081344
            new_key:
              summary: A buyer
              value:
                client: crawler
                role: buyer
            issued_key:
              summary: The only time the token is shown
              value:
                id: key_01K7C0X4Z0M3T5A8QH2B6NDEFG
                client: crawler
                role: buyer
                created_at: '2026-05-28T10:00:00.000Z'
                revoked_at: null
                token: 'pk_01K7C0X4Z0M3T5A8QH2B6NDEFG_EXAMPLE-ONLY-EXAMPLE-ONLY-EXAMPLE-ONLY-abcd'
            revoked_key:
              summary: No longer in force
              value:
                id: key_01K7C0X4Z0M3T5A8QH2B6NDEFG
                client: crawler
                role: buyer
                created_at: '2026-05-28T10:00:00.000Z'
                revoked_at: '2026-05-28T10:00:09.000Z'
            key_list:
              summary: One key
              value:
                data:
                  - id: key_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    client: crawler
                    role: buyer
                    created_at: '2026-05-28T10:00:00.000Z'
                    revoked_at: null
                next_cursor: null
            new_webhook:
              summary: What happens to the orders of one client
              value:
                url: https://hooks.example.com/purser
                events: ['order.*', goods.expiring]
                clients: [crawler]
                description: the crawler's own
            every_event:
              summary: Everything
              value:
                url: https://hooks.example.com/everything
            created_webhook:
              summary: A webhook and its secret
              value:
                id: whk_01K7C0X4Z0M3T5A8QH2B6NDEFG
                url: https://hooks.example.com/purser
                events: ['order.*', goods.expiring]
                clients: [crawler]
                description: the crawler's own
                status: active
                disabled: null
                resting: null
                failures_in_a_row: 0
                last_delivered_at: null
                old_secret_until: null
                warnings: []
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:00.000Z'
                secret: whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
            webhook:
              summary: One that takes what it is sent
              value:
                id: whk_01K7C0X4Z0M3T5A8QH2B6NDEFG
                url: https://hooks.example.com/purser
                events: ['order.*', goods.expiring]
                clients: [crawler]
                description: the crawler's own
                status: active
                disabled: null
                resting: null
                failures_in_a_row: 0
                last_delivered_at: '2026-05-28T10:05:00.000Z'
                old_secret_until: null
                warnings: []
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:00.000Z'
            resting_webhook:
              summary: One that kept failing
              value:
                id: whk_01K7C0X4Z0M3T5A8QH2B6NDEFG
                url: https://hooks.example.com/purser
                events: ['order.*', goods.expiring]
                clients: [crawler]
                description: the crawler's own
                status: resting
                disabled: null
                resting: {since: '2026-05-28T10:06:00.000Z', reason: timed_out, next_attempt_at: '2026-05-28T10:07:00.000Z'}
                failures_in_a_row: 6
                last_delivered_at: '2026-05-28T10:05:00.000Z'
                old_secret_until: null
                warnings: []
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:00.000Z'
            disabled_webhook:
              summary: One that answered 410
              value:
                id: whk_01K7C0X4Z0M3T5A8QH2B6NDEFG
                url: https://hooks.example.com/purser
                events: ['order.*', goods.expiring]
                clients: [crawler]
                description: the crawler's own
                status: disabled
                disabled: {reason: gone, at: '2026-05-28T10:06:00.000Z'}
                resting: null
                failures_in_a_row: 1
                last_delivered_at: '2026-05-28T10:05:00.000Z'
                old_secret_until: null
                warnings: []
                created_at: '2026-05-28T10:00:00.000Z'
                updated_at: '2026-05-28T10:00:00.000Z'
            webhook_list:
              summary: One webhook
              value:
                data:
                  - id: whk_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    url: https://hooks.example.com/purser
                    events: ['order.*', goods.expiring]
                    clients: [crawler]
                    description: the crawler's own
                    status: active
                    disabled: null
                    resting: null
                    failures_in_a_row: 0
                    last_delivered_at: '2026-05-28T10:05:00.000Z'
                    old_secret_until: null
                    warnings: []
                    created_at: '2026-05-28T10:00:00.000Z'
                    updated_at: '2026-05-28T10:00:00.000Z'
                next_cursor: null
            enable_webhook:
              summary: Send to it again
              value:
                enabled: true
            move_webhook:
              summary: Send elsewhere, and all events
              value:
                url: https://hooks.example.com/v2
                events: []
            one_day:
              summary: Both sign for a day
              value:
                keep_old_for_hours: 24
            taken_trial:
              summary: It was taken
              value: {event_id: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1, delivered: true, status: 204, error: null, took_ms: 31}
            refused_trial:
              summary: Nobody answered
              value: {event_id: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1, delivered: false, status: null, error: not_connected, took_ms: 2}
            since_yesterday:
              summary: Of events since a date
              value:
                failed_since: '2026-05-27'
            resent_deliveries:
              summary: All of them
              value: {resent: 12, has_more: false}
            delivery:
              summary: One that was refused three times
              value:
                event_id: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1
                type: order.completed
                order_id: ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC
                event_at: '2026-05-28T10:00:00.000Z'
                status: pending
                attempts: 3
                next_attempt_at: '2026-05-28T10:35:05.000Z'
                waits_for_earlier: false
                last_attempt_at: '2026-05-28T10:05:05.000Z'
                last_status: 500
                last_error: status_500
                settled_at: null
            delivery_list:
              summary: One delivery
              value:
                data:
                  - event_id: evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1
                    type: order.completed
                    order_id: ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC
                    event_at: '2026-05-28T10:00:00.000Z'
                    status: pending
                    attempts: 3
                    next_attempt_at: '2026-05-28T10:35:05.000Z'
                    waits_for_earlier: false
                    last_attempt_at: '2026-05-28T10:05:05.000Z'
                    last_status: 500
                    last_error: status_500
                    settled_at: null
                next_cursor: null
            health:
              summary: It lives
              value:
                status: ok
                version: '1.0.0'
            ready:
              summary: It may take orders
              value:
                status: ready
                checks:
                  - {name: accepting, status: ok}
                  - {name: outcomes_stored, status: ok}
                  - {name: store_writes, status: ok}
            not_ready:
              summary: The disk is full
              value:
                status: not_ready
                checks:
                  - {name: accepting, status: ok}
                  - {name: outcomes_stored, status: ok}
                  - {name: store_writes, status: failing, detail: the store cannot write now}
            malformed_request:
              summary: The request cannot be read
              value:
                type: '/problems/malformed_request'
                title: The request cannot be read
                status: 400
                code: malformed_request
                detail: 'the body is not JSON: a comma or } is missing at byte 41'
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            idempotency_key_missing:
              summary: 'This call needs an Idempotency-Key'
              value:
                type: '/problems/idempotency_key_missing'
                title: 'This call needs an Idempotency-Key'
                status: 400
                code: idempotency_key_missing
                detail: 'send a header such as `Idempotency-Key: crawler-2026-05-28-001`: a new one for each purchase'
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            unsupported_media_type:
              summary: 'The request''s body is in a form that is not read here'
              value:
                type: '/problems/unsupported_media_type'
                title: 'The request''s body is in a form that is not read here'
                status: 415
                code: unsupported_media_type
                detail: 'send the body as application/json in UTF-8, without a content coding'
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            body_too_large:
              summary: 'The request''s body is too large'
              value:
                type: '/problems/body_too_large'
                title: 'The request''s body is too large'
                status: 413
                code: body_too_large
                detail: a body has at most 65536 bytes
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            request_timeout:
              summary: The request did not arrive in time
              value:
                type: '/problems/request_timeout'
                title: The request did not arrive in time
                status: 408
                code: request_timeout
                detail: The whole request did not arrive before its deadline, so nothing was done.
                money_state: unchanged
                retry_action: same_key
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            expectation_failed:
              summary: The request expects something that is not done here
              value:
                type: '/problems/expectation_failed'
                title: The request expects something that is not done here
                status: 417
                code: expectation_failed
                detail: 'The only expectation that is met is `100-continue`.'
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            invalid_request:
              summary: The request asks for something that cannot be
              value:
                type: '/problems/invalid_request'
                title: The request asks for something that cannot be
                status: 422
                code: invalid_request
                detail: the order cannot be taken as it is
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                errors:
                  - pointer: '/quantity'
                    code: quantity_out_of_range
                    detail: '5 to 5000'
                  - pointer: '/quantitty'
                    code: unknown_field
                    detail: there is no such field
            no_vendor:
              summary: No configured vendor can sell this
              value:
                type: '/problems/no_vendor'
                title: No configured vendor can sell this
                status: 422
                code: no_vendor
                detail: no configured vendor can sell this; errors say why
                money_state: not_spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                errors:
                  - vendor: helodata
                    code: not_sold
                    detail: HeloData does not sell IPv6
                  - vendor: legacy
                    code: vendor_disabled
                    detail: switched off in the configuration
            idempotency_key_reused:
              summary: 'The Idempotency-Key belongs to a different request'
              value:
                type: '/problems/idempotency_key_reused'
                title: 'The Idempotency-Key belongs to a different request'
                status: 422
                code: idempotency_key_reused
                detail: the key belongs to ord_01K7C0X4Z0M3T5A8QH2B6NDEFG, which asked for something else
                money_state: spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            not_cancelable:
              summary: The order can no longer be canceled
              value:
                type: '/problems/not_cancelable'
                title: The order can no longer be canceled
                status: 409
                code: not_cancelable
                detail: the order is completed; only a pending one can be canceled
                money_state: spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            not_resolvable:
              summary: This is nothing that a person can settle now
              value:
                type: '/problems/not_resolvable'
                title: This is nothing that a person can settle now
                status: 409
                code: not_resolvable
                detail: the order is completed; only an unknown one can be resolved
                money_state: spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            not_refundable:
              summary: Nothing of the order can come back
              value:
                type: '/problems/not_refundable'
                title: Nothing of the order can come back
                status: 409
                code: not_refundable
                detail: the order is failed; only what is known to be spent can come back
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            refund_currency_mismatch:
              summary: The order was paid in another currency
              value:
                type: '/problems/refund_currency_mismatch'
                title: The order was paid in another currency
                status: 409
                code: refund_currency_mismatch
                detail: the order was paid in USD; give the refund in that, or leave it out
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            refund_exceeds_total:
              summary: More would come back than the order cost
              value:
                type: '/problems/refund_exceeds_total'
                title: More would come back than the order cost
                status: 409
                code: refund_exceeds_total
                detail: the order cost 120.00 USD, of which 107.50 has not come back yet
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            new_refund:
              summary: Part of it came back
              value: {amount: '12.50', note: two of the IPs never worked, vendor_reference: CN-2026-0417}
            refund:
              summary: A refund
              value:
                id: rfd_01K7C2M8N4P6Q8R0S2T4V6W8XY
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                number: 1
                amount: {amount: '12.50', currency: USD}
                note: two of the IPs never worked
                vendor_reference: CN-2026-0417
                by: ops
                idempotency_key: credit-note-2026-0417
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                at: '2026-06-02T09:30:00.000Z'
            refunds:
              summary: Everything that came back
              value:
                data:
                  - id: rfd_01K7C2M8N4P6Q8R0S2T4V6W8XY
                    order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    number: 1
                    amount: {amount: '12.50', currency: USD}
                    note: two of the IPs never worked
                    vendor_reference: CN-2026-0417
                    by: ops
                    idempotency_key: credit-note-2026-0417
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                    at: '2026-06-02T09:30:00.000Z'
                next_cursor: null
            all_refunds:
              summary: What came back, whatever the order
              value:
                data:
                  - id: rfd_01K7C2M8N4P6Q8R0S2T4V6W8XY
                    order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                    number: 1
                    amount: {amount: '12.50', currency: USD}
                    note: two of the IPs never worked
                    vendor_reference: CN-2026-0417
                    by: ops
                    idempotency_key: credit-note-2026-0417
                    request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                    at: '2026-06-02T09:30:00.000Z'
                    vendor: helodata
                    client: crawler
                next_cursor: null
            refunds_csv:
              summary: "`format=csv`"
              value: "id,order_id,number,amount,currency,vendor,client,note,vendor_reference,by,at\r\n\
                rfd_01K7C2M8N4P6Q8R0S2T4V6W8XY,ord_01K7C0X4Z0M3T5A8QH2B6NDEFG,1,12.50,USD,helodata,crawler,two of the IPs never \
                worked,CN-2026-0417,ops,2026-06-02T09:30:00.000Z\r\n"
            refunds_ndjson:
              summary: "`format=ndjson`"
              value: "{\"id\":\"rfd_01K7C2M8N4P6Q8R0S2T4V6W8XY\",\"order_id\":\"ord_01K7C0X4Z0M3T5A8QH2B6NDEFG\",…}\n"
            action_not_allowed:
              summary: What was bought does not allow this now
              value:
                type: '/problems/action_not_allowed'
                title: What was bought does not allow this now
                status: 409
                code: action_not_allowed
                detail: what the order bought was released
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            proxies_not_ready:
              summary: The order's proxies are not there yet
              value:
                type: '/problems/proxies_not_ready'
                title: The order's proxies are not there yet
                status: 409
                code: proxies_not_ready
                detail: the order is provisioning; ask with partial=true for what is there so far
                money_state: spent
                retry_action: poll
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            no_proxies:
              summary: The order has no proxies
              value:
                type: '/problems/no_proxies'
                title: The order has no proxies
                status: 409
                code: no_proxies
                detail: residential is sold as traffic, not as IPs
                money_state: spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            proxy_list:
              summary: Two IPs, of which one speaks SOCKS5 on a port of its own
              value:
                data:
                  - ip: 198.51.100.42
                    ports: {http: 8000, socks5: 8000}
                    protocols: [http, socks5]
                    user: helo_s1a2b3c4d5e
                    password: Mz4yQv8R
                    country: US
                    city: New York
                    asn: 7922
                    expires_at: '2026-06-28T10:00:00.000Z'
                  - ip: '2001:db8::42'
                    ports: {http: null, socks5: 1080}
                    protocols: [socks5]
                    user: alice
                    password: Mz4yQv8R
                    country: FR
                    city: null
                    asn: null
                    expires_at: '2026-06-28T10:00:00.000Z'
                next_cursor: null
            proxies_plain:
              summary: One line for each
              value: "198.51.100.42:8000:helo_s1a2b3c4d5e:Mz4yQv8R\n[2001:db8::42]:1080:alice:Mz4yQv8R\n"
            proxies_csv:
              summary: For spreadsheets
              value: "ip,http_port,socks5_port,user,password,country,city,asn,expires_at\r\n198.51.100.42,8000,8000,helo_s1a2b3c4d5e,Mz4yQv8R,US,\"New York\",7922,2026-06-28T10:00:00.000Z\r\n"
            proxies_uri:
              summary: For programs that take a URI
              value: "http://helo_s1a2b3c4d5e:Mz4yQv8R@198.51.100.42:8000\nsocks5://alice:Mz4yQv8R@[2001:db8::42]:1080\n"
            unauthenticated:
              summary: The request does not say who is calling
              value:
                type: '/problems/unauthenticated'
                title: The request does not say who is calling
                status: 401
                code: unauthenticated
                detail: 'send exactly one header `Authorization: Bearer <key>` with a key that is in force'
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            forbidden:
              summary: The caller may not do this
              value:
                type: '/problems/forbidden'
                title: The caller may not do this
                status: 403
                code: forbidden
                detail: this call is for the role buyer or operator
                money_state: unchanged
                retry_action: ask_operator
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            not_found:
              summary: There is nothing at this address
              value:
                type: '/problems/not_found'
                title: There is nothing at this address
                status: 404
                code: not_found
                detail: there is no such order
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            method_not_allowed:
              summary: This address does not take that method
              value:
                type: '/problems/method_not_allowed'
                title: This address does not take that method
                status: 405
                code: method_not_allowed
                detail: this path takes GET, HEAD, POST
                money_state: unchanged
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            insufficient_balance:
              summary: 'The vendor account''s balance cannot cover it'
              value:
                type: '/problems/insufficient_balance'
                title: 'The vendor account''s balance cannot cover it'
                status: 409
                code: insufficient_balance
                detail: helodata refused the order
                money_state: not_spent
                retry_action: new_key
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                vendor:
                  name: helodata
                  code: insufficient_balance
                  message: Account balance cannot cover the order
            kyc_required:
              summary: The vendor wants the account to be verified first
              value:
                type: '/problems/kyc_required'
                title: The vendor wants the account to be verified first
                status: 409
                code: kyc_required
                detail: helodata refused the order
                money_state: not_spent
                retry_action: ask_operator
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                vendor:
                  name: helodata
                  code: kyc_required
                  message: Complete KYC first
            insufficient_inventory:
              summary: The vendor does not have enough of this
              value:
                type: '/problems/insufficient_inventory'
                title: The vendor does not have enough of this
                status: 422
                code: insufficient_inventory
                detail: helodata refused the order
                money_state: not_spent
                retry_action: new_key
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                vendor:
                  name: helodata
                  code: insufficient_inventory
                  message: Not enough IPs
            quantity_out_of_range:
              summary: The vendor does not sell this quantity
              value:
                type: '/problems/quantity_out_of_range'
                title: The vendor does not sell this quantity
                status: 422
                code: quantity_out_of_range
                detail: helodata refused the order
                money_state: not_spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                vendor:
                  name: helodata
                  code: quantity_out_of_range
                  message: '5 to 5000'
            vendor_rejected:
              summary: The vendor refused the order
              value:
                type: '/problems/vendor_rejected'
                title: The vendor refused it
                status: 422
                code: vendor_rejected
                detail: legacy refused the order
                money_state: not_spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
                vendor:
                  name: legacy
                  code: '14'
                  message: Wrong period
            promo_code_invalid:
              summary: The promo code is not valid
              value:
                type: '/problems/promo_code_invalid'
                title: The promo code is not valid
                status: 422
                code: promo_code_invalid
                detail: legacy says that the promo code is not valid
                money_state: not_spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            price_above_limit:
              summary: The price is above max_total
              value:
                type: '/problems/price_above_limit'
                title: The price is above max_total
                status: 409
                code: price_above_limit
                detail: helodata asks 162.00 and max_total is 150.00
                money_state: not_spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            price_unknown:
              summary: No price can be known before buying
              value:
                type: '/problems/price_unknown'
                title: No price can be known before buying
                status: 409
                code: price_unknown
                detail: the price at helodata cannot be known before buying; send allow_unknown_price to buy all the same
                money_state: not_spent
                retry_action: fix_request
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            budget_exceeded:
              summary: 'The client''s budget cannot hold the price'
              value:
                type: '/problems/budget_exceeded'
                title: 'The client''s budget cannot hold the price'
                status: 402
                code: budget_exceeded
                detail: >-
                  crawler's budget of 500.00 USD for the month of 2026-05 has 31.50 left (320.00 spent, 148.50 held), and the
                  price is 120.00
                money_state: not_spent
                retry_action: ask_operator
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            buying_paused:
              summary: An operator has stopped buying
              value:
                type: '/problems/buying_paused'
                title: An operator has stopped buying
                status: 503
                code: buying_paused
                detail: 'buying is paused: the vendor''s invoices are being checked (kim, since 2026-05-28T10:00:00.000Z)'
                money_state: not_spent
                retry_action: wait
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            rate_limited:
              summary: Too many requests
              value:
                type: '/problems/rate_limited'
                title: Too many requests
                status: 429
                code: rate_limited
                detail: too many calls with a wrong key came from this address
                money_state: unchanged
                retry_action: wait
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            overloaded:
              summary: Purser cannot take the request now
              value:
                type: '/problems/overloaded'
                title: Purser cannot take the request now
                status: 503
                code: overloaded
                detail: too many orders are on their way; nothing was stored
                money_state: unchanged
                retry_action: wait
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            vendor_auth_failed:
              summary: 'The vendor refused Purser''s own credentials'
              value:
                type: '/problems/vendor_auth_failed'
                title: 'The vendor refused Purser''s own credentials'
                status: 502
                code: vendor_auth_failed
                detail: 'helodata refused Purser''s own credentials'
                money_state: not_spent
                retry_action: ask_operator
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
                order_id: ord_01K7C0X4Z0M3T5A8QH2B6NDEFG
            vendor_unavailable:
              summary: The vendor cannot be reached
              value:
                type: '/problems/vendor_unavailable'
                title: The vendor cannot be reached
                status: 503
                code: vendor_unavailable
                detail: 'helodata: resting after failures; nothing was sent'
                money_state: not_spent
                retry_action: wait
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            store_unavailable:
              summary: It could not be made durable
              value:
                type: '/problems/store_unavailable'
                title: It could not be made durable
                status: 503
                code: store_unavailable
                detail: the store cannot be used now, so nothing was sent
                money_state: not_spent
                retry_action: same_key
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K
            internal_error:
              summary: Purser failed to answer
              value:
                type: '/problems/internal_error'
                title: Purser failed to answer
                status: 500
                code: internal_error
                detail: a fault that nobody foresaw; the request id finds it in the log
                money_state: not_spent
                retry_action: same_key
                request_id: req_01K7C0X4YQ7W9V1S3R5P7N9M1K

        """#
}
