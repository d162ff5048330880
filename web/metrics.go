package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"commonweal/host"
)

// metrics are the figures of a site.
type metrics struct {
	handler  http.Handler
	requests *prometheus.HistogramVec
}

func newMetrics(h *host.Host) *metrics {
	m := &metrics{requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "commonweal_http_request_seconds", Help: "How long answers took, by route and status.",
		Buckets: []float64{0.001, 0.005, 0.02, 0.05, 0.2, 1, 5, 30},
	}, []string{"route", "status"})}
	r := prometheus.NewRegistry()
	r.MustRegister(m.requests, books{h}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(r, promhttp.HandlerOpts{})
	return m
}

func (m *metrics) request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// books are the figures of each network, read when they are asked for.
type books struct{ host *host.Host }

var (
	entries = prometheus.NewDesc("commonweal_journal_entries", "Entries in the journal of a network.", []string{"network"}, nil)
	planned = prometheus.NewDesc("commonweal_plan_entries", "Entries of the journal that are in the newest plan of a network.", []string{"network"}, nil)
	checked = prometheus.NewDesc("commonweal_verified_entries", "Entries of the journal that were verified since the books were opened.", []string{"network"}, nil)
	sound   = prometheus.NewDesc("commonweal_verified", "1 when the books were found to be what their journal makes, 0 until then and where they differ.", []string{"network"}, nil)
	needs   = prometheus.NewDesc("commonweal_plan_needs", "Needs in the newest plan of a network, by how they are covered.", []string{"network", "state"}, nil)
)

// Describe names the figures.
func (books) Describe(out chan<- *prometheus.Desc) {
	out <- entries
	out <- planned
	out <- checked
	out <- sound
	out <- needs
}

// Collect reads them.
func (b books) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	for _, n := range b.host.Networks() {
		gauge(entries, n.Journal().Size(), n.Name)
		v := n.Verified()
		gauge(checked, v.Entries, n.Name)
		gauge(sound, one(v.Done), n.Name)
		p, last, err := n.Plan()
		if err != nil || p == nil {
			continue
		}
		s := p.Stats()
		gauge(planned, last+1, n.Name)
		gauge(needs, int64(s.Needs-s.Late-s.Short), n.Name, "on time")
		gauge(needs, int64(s.Late), n.Name, "late")
		gauge(needs, int64(s.Short), n.Name, "short")
	}
}

// one is 1 for what is so.
func one(so bool) int64 {
	if so {
		return 1
	}
	return 0
}
