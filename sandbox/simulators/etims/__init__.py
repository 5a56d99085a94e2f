"""A tax authority's signing service, as `core/providers/fiscal` speaks to it. It is not Kenya's eTIMS: nobody's real
protocol is imitated here, only that invoices are numbered by somebody else, who may be away."""
