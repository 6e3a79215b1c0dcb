// Written by scripts/embed-openapi from openapi/openapi.yaml; change that and run the script.

extension OpenAPIDocument {
    /// The text of openapi/openapi.yaml.
    static let text = #"""
        openapi: 3.1.1

        """#
}
