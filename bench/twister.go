package bench

import "math"

// twister is the Mersenne Twister MT19937, seeded and drawn from as Python's
// random.Random does.
type twister struct {
	state [624]uint32
	next  int
}

// newTwister seeds by the array of one word, as Python does for a small integer.
func newTwister(seed uint32) *twister {
	r := &twister{next: 624}
	r.state[0] = 19650218
	for i := uint32(1); i < 624; i++ {
		r.state[i] = 1812433253*(r.state[i-1]^r.state[i-1]>>30) + i
	}
	i := 1
	for range 624 {
		r.state[i] = (r.state[i] ^ (r.state[i-1]^r.state[i-1]>>30)*1664525) + seed
		i = r.after(i)
	}
	for range 623 {
		r.state[i] = (r.state[i] ^ (r.state[i-1]^r.state[i-1]>>30)*1566083941) - uint32(i)
		i = r.after(i)
	}
	r.state[0] = 1 << 31
	return r
}

// after is the next place while seeding; at the end it wraps to 1 and carries
// the last word to the front.
func (r *twister) after(i int) int {
	if i+1 < 624 {
		return i + 1
	}
	r.state[0] = r.state[623]
	return 1
}

func (r *twister) twist() {
	for i := range r.state {
		y := r.state[i]&(1<<31) | r.state[(i+1)%624]&(1<<31-1)
		x := r.state[(i+397)%624] ^ y>>1
		if y&1 != 0 {
			x ^= 0x9908b0df
		}
		r.state[i] = x
	}
	r.next = 0
}

// word draws 32 bits.
func (r *twister) word() uint32 {
	if r.next == 624 {
		r.twist()
	}
	y := r.state[r.next]
	r.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// below draws a whole number from 0 up to n, n excluded: as many bits as n has,
// again until they are below n.
func (r *twister) below(n int) int {
	bits := 0
	for m := n; m > 0; m >>= 1 {
		bits++
	}
	for {
		if x := int(r.word() >> (32 - bits)); x < n {
			return x
		}
	}
}

// between draws a whole number from a to b, both included.
func (r *twister) between(a, b int) int { return a + r.below(b-a+1) }

// sample draws k different numbers from a up to b, b excluded.
func (r *twister) sample(a, b, k int) []int {
	n := b - a
	list := make([]int, k)
	if n <= 21 { // Python's bound for k up to 5: draw from a shrinking pool
		pool := make([]int, n)
		for i := range pool {
			pool[i] = a + i
		}
		for i := range list {
			j := r.below(n - i)
			list[i], pool[j] = pool[j], pool[n-i-1]
		}
		return list
	}
	drawn := make(map[int]bool, k)
	for i := range list {
		j := r.below(n)
		for drawn[j] {
			j = r.below(n)
		}
		drawn[j], list[i] = true, a+j
	}
	return list
}

// The draws below are of fractions. Each product is rounded before it is added
// to, as Python does, whatever the processor could do at once.

// fraction draws from 0 up to 1, 1 excluded, with 53 bits.
func (r *twister) fraction() float64 {
	a, b := r.word()>>5, r.word()>>6
	return float64(uint64(a)<<26+uint64(b)) / (1 << 53)
}

// uniform draws between a and b.
func (r *twister) uniform(a, b float64) float64 { return a + float64((b-a)*r.fraction()) }

// exponential draws with the mean 1/rate.
func (r *twister) exponential(rate float64) float64 { return -math.Log(1-r.fraction()) / rate }

// normal draws around a mean, by the method of Kinderman and Monahan (1977).
func (r *twister) normal(mean, deviation float64) float64 {
	magic := 4 * math.Exp(-0.5) / math.Sqrt(2)
	for {
		u1, u2 := r.fraction(), 1-r.fraction()
		z := magic * (u1 - 0.5) / u2
		if float64(z*z)/4 <= -math.Log(u2) {
			return mean + float64(z*deviation)
		}
	}
}

// shuffle brings a list into an order drawn by lot.
func (r *twister) shuffle(list []int) {
	for i := len(list) - 1; i > 0; i-- {
		j := r.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}
